package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The directory of a node that is alone: two maps on its context. */
public final class LoopbackDirectory implements Directory {
    private final Map<PeerId, SessionRecord> sessions = new HashMap<>();
    private final Map<Group, GroupEntry> groups = new HashMap<>();

    @Override
    public Future<Optional<SessionRecord>> findSession(PeerId peer) {
        return Future.succeededFuture(Optional.ofNullable(sessions.get(peer)));
    }

    @Override
    public Future<Boolean> replaceSession(PeerId peer, Optional<SessionRecord> expected, Optional<SessionRecord> next) {
        return replace(sessions, peer, expected, next);
    }

    @Override
    public Future<Map<PeerId, SessionRecord>> sessionsOn(NodeId node) {
        Map<PeerId, SessionRecord> there = new HashMap<>(sessions);
        there.values().removeIf(session -> !session.node().equals(node));
        return Future.succeededFuture(there);
    }

    @Override
    public Future<Optional<GroupEntry>> findGroup(Group group) {
        return Future.succeededFuture(Optional.ofNullable(groups.get(group)));
    }

    @Override
    public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
        return replace(groups, group, expected, next);
    }

    @Override
    public Future<Contents> contents() {
        return Future.succeededFuture(new Contents(Map.copyOf(sessions), Map.copyOf(groups)));
    }

    private static <K, V> Future<Boolean> replace(Map<K, V> map, K key, Optional<V> expected, Optional<V> next) {
        if (!Optional.ofNullable(map.get(key)).equals(expected)) {
            return Future.succeededFuture(false);
        }
        next.ifPresentOrElse(value -> map.put(key, value), () -> map.remove(key));
        return Future.succeededFuture(true);
    }
}
