package io.heliograph.it.harness;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whether all nodes of a cluster and their directory say the same. */
public final class Consistency {
    private static final Duration EMPTY_WITHIN = Duration.ofSeconds(45);
    private static final Duration CONSISTENT_WITHIN = Duration.ofSeconds(30);

    private Consistency() {}

    /** Returns when everything agrees, or fails. */
    public static void await(TestCluster cluster) {
        Await.until(CONSISTENT_WITHIN, () -> problem(cluster.states()));
    }

    /** Returns when everything agrees and there is nobody and no room any more, or fails. */
    public static void awaitEmpty(TestCluster cluster) {
        Await.until(EMPTY_WITHIN, () -> {
            List<JsonObject> states = cluster.states();
            return problem(states).or(() -> rest(states));
        });
    }

    /** The first thing on which the processes' reports do not agree. */
    public static Optional<String> problem(List<JsonObject> states) {
        JsonObject directory = states.get(0).getJsonObject("directory");
        List<JsonObject> nodes = new ArrayList<>();
        for (JsonObject state : states) {
            if (directory == null || !directory.equals(state.getJsonObject("directory"))) {
                return Optional.of("directories differ: " + directory + " and " + state.getJsonObject("directory"));
            }
            state.getJsonArray("nodes").forEach(node -> nodes.add((JsonObject) node));
        }
        return sessionProblem(nodes, directory.getJsonObject("sessions"))
                .or(() -> roomProblem(nodes, directory.getJsonObject("rooms")))
                .or(() -> crowdProblem("topics", nodes, directory))
                .or(() -> crowdProblem("users", nodes, directory))
                .or(() -> callProblem(nodes));
    }

    /** The members of a room with their join numbers, as the first node with a member has them. */
    public static SortedMap<String, Long> roster(List<JsonObject> states, String room) {
        SortedMap<String, Long> roster = new TreeMap<>();
        for (JsonObject state : states) {
            for (Object each : state.getJsonArray("nodes")) {
                JsonObject node = (JsonObject) each;
                JsonObject found = node.getJsonObject("rooms").getJsonObject(room);
                if (found != null && membersOf(node.getString("node"), found) > 0) {
                    JsonObject members = found.getJsonObject("roster");
                    members.forEach(
                            member -> roster.put(member.getKey(), ((JsonObject) member.getValue()).getLong("order")));
                    return roster;
                }
            }
        }
        return roster;
    }

    private static Optional<String> rest(List<JsonObject> states) {
        JsonObject directory = states.get(0).getJsonObject("directory");
        if (!directory.getJsonObject("rooms").isEmpty()
                || !directory.getJsonObject("sessions").isEmpty()) {
            return Optional.of("left in the directory: " + directory);
        }
        for (JsonObject state : states) {
            for (Object each : state.getJsonArray("nodes")) {
                JsonObject node = (JsonObject) each;
                JsonObject calls = node.getJsonObject("calls");
                if (!node.getJsonArray("peers").isEmpty()
                        || !node.getJsonObject("rooms").isEmpty()
                        || !calls.getJsonObject("made").isEmpty()
                        || !calls.getJsonObject("incoming").isEmpty()) {
                    return Optional.of("left on a node: " + node);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> sessionProblem(List<JsonObject> nodes, JsonObject sessions) {
        JsonObject actual = new JsonObject();
        for (JsonObject node : nodes) {
            for (Object peer : node.getJsonArray("peers")) {
                if (actual.containsKey(peer.toString())) {
                    return Optional.of("peer on two nodes: " + peer);
                }
                actual.put(peer.toString(), node.getString("node"));
            }
        }
        return actual.equals(sessions)
                ? Optional.empty()
                : Optional.of("sessions: nodes say " + actual + ", the directory says " + sessions);
    }

    private static Optional<String> roomProblem(List<JsonObject> nodes, JsonObject entries) {
        Map<String, JsonObject> seats = new TreeMap<>();
        Map<String, JsonObject> rosters = new TreeMap<>();
        Map<String, JsonObject> digests = new TreeMap<>();
        for (JsonObject node : nodes) {
            String id = node.getString("node");
            for (Map.Entry<String, Object> each : node.getJsonObject("rooms")) {
                String name = each.getKey();
                JsonObject room = (JsonObject) each.getValue();
                int members = membersOf(id, room);
                if (members == 0) {
                    continue;
                }
                seats.computeIfAbsent(name, first -> new JsonObject()).put(id, members);
                JsonObject roster = rosters.computeIfAbsent(name, first -> room.getJsonObject("roster"));
                JsonObject digest = digests.computeIfAbsent(name, first -> room.getJsonObject("digests"));
                if (!roster.equals(room.getJsonObject("roster")) || !digest.equals(room.getJsonObject("digests"))) {
                    return Optional.of(
                            "room %s: rosters differ: %s %s and, on %s, %s".formatted(name, roster, digest, id, room));
                }
            }
        }
        JsonObject actual = new JsonObject();
        seats.forEach(actual::put);
        JsonObject claimed = new JsonObject();
        for (Map.Entry<String, Object> each : entries) {
            claimed.put(each.getKey(), seatsOf((JsonObject) each.getValue()));
        }
        return actual.equals(claimed)
                ? Optional.empty()
                : Optional.of("seats: nodes say " + actual + ", the directory says " + claimed);
    }

    /** What nodes say of their own members, what others believe of them, and what the directory says. Those without count for nothing. */
    private static Optional<String> crowdProblem(String kind, List<JsonObject> nodes, JsonObject directory) {
        Map<String, JsonObject> truth = new TreeMap<>();
        for (JsonObject node : nodes) {
            String id = node.getString("node");
            node.getJsonObject(kind).forEach(crowd -> {
                int members = ((JsonObject) crowd.getValue()).getInteger(id);
                if (members > 0) {
                    truth.computeIfAbsent(crowd.getKey(), first -> new JsonObject())
                            .put(id, members);
                }
            });
        }
        for (JsonObject node : nodes) {
            for (Map.Entry<String, Object> crowd : node.getJsonObject(kind)) {
                JsonObject believed = ((JsonObject) crowd.getValue()).copy();
                believed.getMap().values().removeIf(members -> members.equals(0));
                JsonObject actual = truth.getOrDefault(crowd.getKey(), new JsonObject());
                if (!believed.equals(actual)) {
                    return Optional.of("%s: %s believes %s of %s, which is %s"
                            .formatted(kind, node.getString("node"), believed, crowd.getKey(), actual));
                }
            }
        }
        Map<String, JsonObject> claimed = new TreeMap<>();
        directory.getJsonObject(kind).forEach(entry -> {
            JsonObject seats = seatsOf((JsonObject) entry.getValue());
            if (!seats.isEmpty()) {
                claimed.put(entry.getKey(), seats);
            }
        });
        return truth.equals(claimed)
                ? Optional.empty()
                : Optional.of("%s: nodes say %s, the directory says %s".formatted(kind, truth, claimed));
    }

    /** Which peers are called, as the callers' nodes and as the called peers' nodes say. */
    private static Optional<String> callProblem(List<JsonObject> nodes) {
        Map<String, JsonObject> made = new TreeMap<>();
        Map<String, JsonObject> incoming = new TreeMap<>();
        for (JsonObject node : nodes) {
            JsonObject calls = node.getJsonObject("calls");
            calls.getJsonObject("made")
                    .forEach(call -> ((JsonObject) call.getValue())
                            .getJsonObject("called")
                            .forEach(leg -> made.computeIfAbsent(call.getKey(), first -> new JsonObject())
                                    .put(leg.getKey(), leg.getValue() + " by " + node.getString("node"))));
            calls.getJsonObject("incoming")
                    .forEach(call -> ((JsonObject) call.getValue())
                            .forEach(leg -> incoming.computeIfAbsent(call.getKey(), first -> new JsonObject())
                                    .put(leg.getKey(), node.getString("node") + " by " + leg.getValue())));
        }
        return made.equals(incoming)
                ? Optional.empty()
                : Optional.of("calls: callers' nodes say " + made + ", called peers' nodes say " + incoming);
    }

    private static int membersOf(String node, JsonObject room) {
        return (int) room.getJsonObject("roster").stream()
                .filter(member -> node.equals(((JsonObject) member.getValue()).getString("node")))
                .count();
    }

    private static JsonObject seatsOf(JsonObject entry) {
        JsonObject seats = new JsonObject();
        entry.getJsonObject("seats").forEach(seat -> {
            int members = ((JsonObject) seat.getValue()).getInteger("members");
            if (members > 0) {
                seats.put(seat.getKey(), members);
            }
        });
        return seats;
    }
}
