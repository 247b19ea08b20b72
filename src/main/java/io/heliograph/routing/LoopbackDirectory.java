package io.heliograph.routing;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The directory of a node that is alone: two maps on its context. */
public final class LoopbackDirectory implements Directory {
    private final Map<PeerId, NodeId> sessions = new HashMap<>();
    private final Map<Name, RoomEntry> rooms = new HashMap<>();

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
    public Future<Optional<RoomEntry>> findRoom(Name room) {
        return Future.succeededFuture(Optional.ofNullable(rooms.get(room)));
    }

    @Override
    public Future<Boolean> replaceRoom(Name room, Optional<RoomEntry> expected, Optional<RoomEntry> next) {
        if (!Optional.ofNullable(rooms.get(room)).equals(expected)) {
            return Future.succeededFuture(false);
        }
        next.ifPresentOrElse(entry -> rooms.put(room, entry), () -> rooms.remove(room));
        return Future.succeededFuture(true);
    }

    @Override
    public Future<Contents> contents() {
        return Future.succeededFuture(new Contents(Map.copyOf(sessions), Map.copyOf(rooms)));
    }
}
