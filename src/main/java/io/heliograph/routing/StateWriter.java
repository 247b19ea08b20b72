package io.heliograph.routing;

import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;

/** What a node and its directory know, as JSON for people and consistency checks. */
public final class StateWriter {
    private final Census census;

    StateWriter(Census census) {
        this.census = census;
    }

    JsonObject write() {
        JsonArray peers = new JsonArray();
        census.peers().stream().map(LocalPeer::id).sorted().forEach(id -> peers.add(id.value()));
        JsonObject rooms = new JsonObject();
        census.rooms().forEach(room -> rooms.put(room.name().value(), room(room)));
        return new JsonObject()
                .put("node", census.self().toString())
                .put("peers", peers)
                .put("rooms", rooms);
    }

    /** The contents of a directory. */
    public static JsonObject write(Directory.Contents contents) {
        JsonObject sessions = new JsonObject();
        contents.sessions().forEach((peer, node) -> sessions.put(peer.value(), node.toString()));
        JsonObject rooms = new JsonObject();
        contents.rooms().forEach((name, entry) -> rooms.put(name.value(), entry(entry)));
        return new JsonObject().put("sessions", sessions).put("rooms", rooms);
    }

    private static JsonObject entry(RoomEntry entry) {
        JsonObject seats = new JsonObject();
        entry.seats()
                .forEach((node, own) -> seats.put(
                        node.toString(),
                        new JsonObject().put("members", own.members()).put("lastJoin", own.lastJoin())));
        return new JsonObject()
                .put("capacity", entry.capacity())
                .put("joins", entry.joins())
                .put("seats", seats);
    }

    private JsonObject room(Room room) {
        Set<NodeId> nodes = new TreeSet<>(room.nodesElsewhere());
        nodes.add(census.self());
        JsonObject roster = new JsonObject();
        JsonObject digests = new JsonObject();
        for (NodeId node : nodes) {
            for (OwnedMember owned : room.membersOf(node)) {
                PeerId peer = owned.member().peer();
                roster.put(
                        peer.value(),
                        new JsonObject()
                                .put("node", node.toString())
                                .put("order", owned.member().order()));
            }
            digests.put(node.toString(), Long.toHexString(room.digestOf(node)));
        }
        return new JsonObject()
                .put("capacity", room.seats().capacity())
                .put("roster", roster)
                .put("digests", digests);
    }
}
