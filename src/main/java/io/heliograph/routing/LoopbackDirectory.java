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
    private final Map<PeerId, NodeId> sessions = new HashMap<>();
    private final Map<Group, GroupEntry> groups = new HashMap<>();

    @Override
    public Future<Void> putSession(PeerId peer, NodeId node) {
        sessions.put(peer, node);
        return Future.succeededFuture();
    }

    @Override
    public Future<Optional<NodeId>> findSession(PeerId peer) {
        return Future.succeededFuture(Optional.ofNullable(sessions.get(peer)));
    }

    @Override
    public Future<Void> removeSession(PeerId peer, NodeId node) {
        sessions.remove(peer, node);
        return Future.succeededFuture();
    }

    @Override
    public Future<Optional<GroupEntry>> findGroup(Group group) {
        return Future.succeededFuture(Optional.ofNullable(groups.get(group)));
    }

    @Override
    public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
        if (!Optional.ofNullable(groups.get(group)).equals(expected)) {
            return Future.succeededFuture(false);
        }
        next.ifPresentOrElse(entry -> groups.put(group, entry), () -> groups.remove(group));
        return Future.succeededFuture(true);
    }

    @Override
    public Future<Contents> contents() {
        return Future.succeededFuture(new Contents(Map.copyOf(sessions), Map.copyOf(groups)));
    }
}
