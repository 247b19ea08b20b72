package io.heliograph.routing;

import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a node and its directory know, as JSON for people and consistency checks. */
public final class StateWriter {
    private final Census census;
    private final CallDesk desk;
    private final Orphans orphans;

    StateWriter(Census census, CallDesk desk, Orphans orphans) {
        this.census = census;
        this.desk = desk;
        this.orphans = orphans;
    }

    JsonObject write() {
        JsonArray peers = new JsonArray();
        census.peers().stream().map(LocalPeer::id).sorted().forEach(id -> peers.add(id.value()));
        JsonArray away = new JsonArray();
        census.peers().stream()
                .filter(LocalPeer::isAway)
                .map(LocalPeer::id)
                .sorted()
                .forEach(id -> away.add(id.value()));
        JsonObject gone = new JsonObject();
        orphans.nodes().forEach((node, seconds) -> gone.put(node.toString(), seconds));
        JsonObject rooms = new JsonObject();
        census.rooms().forEach(room -> rooms.put(room.name().toString(), room(room)));
        return new JsonObject()
                .put("node", census.self().toString())
                .put("peers", peers)
                .put("away", away)
                .put("gone", gone)
                .put("rooms", rooms)
                .put("topics", crowds(GroupKind.TOPIC))
                .put("users", crowds(GroupKind.USER))
                .put("calls", calls());
    }

    /** What the directory holds; null where it does not answer, which does not keep anybody from what nodes know. */
    public static Future<@Nullable JsonObject> write(Directory directory) {
        return directory
                .contents()
                .<@Nullable JsonObject>map(StateWriter::write)
                .otherwise((JsonObject) null);
    }

    private static JsonObject write(Directory.Contents contents) {
        JsonObject sessions = new JsonObject();
        contents.sessions()
                .forEach((peer, record) ->
                        sessions.put(peer.value(), record.node().toString()));
        JsonObject directory = new JsonObject().put("sessions", sessions);
        for (GroupKind kind : GroupKind.values()) {
            JsonObject entries = new JsonObject();
            contents.groups().forEach((group, entry) -> {
                if (group.kind() == kind) {
                    entries.put(group.name().toString(), entry(entry));
                }
            });
            directory.put(kind.label() + "s", entries);
        }
        return directory;
    }

    /** For each node that takes part, its members as this node knows them. */
    private JsonObject crowds(GroupKind kind) {
        JsonObject crowds = new JsonObject();
        for (Crowd crowd : census.crowds()) {
            if (crowd.group().kind() == kind) {
                JsonObject members = new JsonObject()
                        .put(census.self().toString(), crowd.here().size());
                crowd.elsewhere().forEach((node, count) -> members.put(node.toString(), count));
                crowds.put(crowd.group().name().toString(), members);
            }
        }
        return crowds;
    }

    /** Each call that this node owns, or that it has a called peer of. */
    private JsonObject calls() {
        JsonObject made = new JsonObject();
        for (OutgoingCall call : desk.calls()) {
            JsonObject called = new JsonObject();
            call.called().forEach((peer, node) -> called.put(peer.value(), node.toString()));
            made.put(
                    call.id().value(),
                    new JsonObject()
                            .put("caller", call.caller().id().value())
                            .put("taken", !call.isRinging())
                            .put("called", called));
        }
        JsonObject incoming = new JsonObject();
        census.peers()
                .forEach(peer -> peer.incoming().forEach((id, call) -> {
                    if (!incoming.containsKey(id.value())) {
                        incoming.put(id.value(), new JsonObject());
                    }
                    incoming.getJsonObject(id.value())
                            .put(peer.id().value(), call.owner().toString());
                }));
        return new JsonObject().put("made", made).put("incoming", incoming);
    }

    private static JsonObject entry(GroupEntry entry) {
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
