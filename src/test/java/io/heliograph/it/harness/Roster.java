package io.heliograph.it.harness;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Who is in a room as one of its members was told: join numbers by peer, its own included. */
public final class Roster {

    private Roster() {}

    /**
     * Replays what {@code client} was told since it last joined or came back. Fails where it was told nonsense: of a peer that came
     * twice, or that left without having come.
     */
    public static SortedMap<String, Long> seenBy(TestClient client, String room) {
        SortedMap<String, Long> roster = new TreeMap<>();
        boolean inside = false;
        for (TestClient.Received received : client.frames().all()) {
            JsonObject frame = received.json();
            for (JsonObject told : roomsOf(frame)) {
                if (room.equals(told.getString("room"))) {
                    inside = true;
                    roster.putAll(before(told));
                    roster.put(client.peer(), told.getLong("order"));
                }
            }
            if (!room.equals(frame.getString("room")) || "error".equals(received.type())) {
                continue;
            }
            switch (received.type()) {
                case "joined" -> {
                    require(!inside, "joined twice", frame, client);
                    inside = true;
                    roster.putAll(before(frame));
                    require(
                            roster.put(client.peer(), frame.getLong("order")) == null,
                            "itself among those before",
                            frame,
                            client);
                }
                case "peer-joined" -> {
                    require(inside, "before joined", frame, client);
                    Long known = roster.put(frame.getString("peer"), frame.getLong("order"));
                    require(known == null, "came twice", frame, client);
                }
                case "peer-left" -> {
                    require(inside, "before joined", frame, client);
                    require(roster.remove(frame.getString("peer")) != null, "left and never came", frame, client);
                }
                case "left" -> {
                    inside = false;
                    roster.clear();
                }
                // Of what it sent itself, which others did not get: also when it has left since.
                case "dropped" -> {}
                default -> {
                    require(inside, "outside", frame, client);
                    String about = frame.getString("from", frame.getString("peer"));
                    require(roster.containsKey(about), "of a stranger", frame, client);
                }
            }
        }
        return roster;
    }

    /** Whom the client found there when it last joined. */
    public static Set<String> foundBy(TestClient client, String room) {
        Set<String> found = new TreeSet<>();
        for (JsonObject joined : client.frames("joined")) {
            if (room.equals(joined.getString("room"))) {
                found = before(joined).keySet();
            }
        }
        return found;
    }

    /** What a {@code welcome} of a session that goes on tells of its rooms. */
    private static List<JsonObject> roomsOf(JsonObject frame) {
        JsonArray rooms = frame.getJsonArray("rooms");
        return rooms == null
                ? List.of()
                : rooms.stream().map(JsonObject.class::cast).toList();
    }

    private static Map<String, Long> before(JsonObject joined) {
        Map<String, Long> peers = new TreeMap<>();
        JsonArray before = joined.getJsonArray("peers");
        for (int i = 0; i < before.size(); i++) {
            JsonObject peer = before.getJsonObject(i);
            if (peers.put(peer.getString("peer"), peer.getLong("order")) != null) {
                throw new AssertionError("twice in " + joined);
            }
        }
        return peers;
    }

    private static void require(boolean holds, String otherwise, JsonObject frame, TestClient client) {
        if (!holds) {
            throw new AssertionError(otherwise + ": " + frame + " for " + client);
        }
    }
}
