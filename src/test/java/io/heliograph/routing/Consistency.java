package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Compares what the clients of a cluster at rest see with each other, with the rosters of all nodes and with the directory. */
final class Consistency {
    private final TestCluster cluster;
    private final List<Client> clients;
    private final List<String> differences = new ArrayList<>();

    private Consistency(TestCluster cluster, List<Client> clients) {
        this.cluster = cluster;
        this.clients = clients;
    }

    /** All differences, in words; {@code clients} are all that live. */
    static List<String> differences(TestCluster cluster, List<Client> clients) {
        Consistency consistency = new Consistency(cluster, clients);
        Map<Name, SortedMap<PeerId, Client>> rooms = consistency.rooms();
        rooms.forEach(consistency::compareClients);
        cluster.nodes().forEach(node -> consistency.compareNode(node, rooms));
        consistency.compareCrowds();
        consistency.compareCalls();
        consistency.compareDirectory(rooms);
        return consistency.differences;
    }

    private Map<Name, SortedMap<PeerId, Client>> rooms() {
        Map<Name, SortedMap<PeerId, Client>> rooms = new TreeMap<>();
        for (Client client : clients) {
            for (Name room : client.rooms()) {
                rooms.computeIfAbsent(room, name -> new TreeMap<>()).put(client.id(), client);
            }
        }
        return rooms;
    }

    private void compareClients(Name room, SortedMap<PeerId, Client> members) {
        for (Client client : members.values()) {
            Optional<Witness.View> view = client.witness().view(room);
            SortedMap<PeerId, Member> expected = new TreeMap<>();
            members.forEach((id, other) -> other.witness()
                    .view(room)
                    .ifPresent(theirs ->
                            expected.put(id, new Member(id, theirs.order(), other.user(), other.data(room)))));
            expected.remove(client.id());
            differ(
                    "clients of " + room + " as " + client.id() + " sees them",
                    expected,
                    view.map(seen -> new TreeMap<>(seen.others())).orElseGet(TreeMap::new));
        }
    }

    private void compareNode(TestNode node, Map<Name, SortedMap<PeerId, Client>> rooms) {
        JsonObject report = cluster.report(node);
        JsonObject expected = new JsonObject();
        rooms.forEach((room, members) -> {
            JsonObject roster = new JsonObject();
            members.forEach((id, client) -> client.witness()
                    .view(room)
                    .ifPresent(view -> roster.put(
                            id.value(),
                            new JsonObject()
                                    .put("node", client.node().id().toString())
                                    .put("order", view.order()))));
            if (members.values().stream().anyMatch(client -> client.node() == node)) {
                expected.put(room.value(), roster);
            }
        });
        JsonObject actual = new JsonObject();
        JsonObject reported = report.getJsonObject("rooms");
        reported.fieldNames()
                .forEach(room -> actual.put(room, reported.getJsonObject(room).getJsonObject("roster")));
        differ("rosters of " + node.id(), expected, actual);
        List<String> peers = clients.stream()
                .filter(client -> client.node() == node)
                .map(client -> client.id().value())
                .sorted()
                .toList();
        differ("peers of " + node.id(), peers, report.getJsonArray("peers").getList());
    }

    private void compareDirectory(Map<Name, SortedMap<PeerId, Client>> rooms) {
        Directory.Contents contents = cluster.directory();
        Map<PeerId, NodeId> sessions = new TreeMap<>();
        clients.forEach(client -> sessions.put(client.id(), client.node().id()));
        Map<PeerId, NodeId> recorded = new TreeMap<>();
        contents.sessions().forEach((peer, session) -> recorded.put(peer, session.node()));
        differ("sessions", sessions, recorded);
        Map<Group, Map<NodeId, Integer>> expected = crowds();
        rooms.forEach((room, members) -> members.values().forEach(client -> count(expected, Group.room(room), client)));
        Map<Group, Map<NodeId, Integer>> actual = new TreeMap<>();
        contents.groups().forEach((group, entry) -> {
            Map<NodeId, Integer> seats = new TreeMap<>();
            entry.seats().forEach((node, own) -> {
                if (own.members() > 0) {
                    seats.put(node, own.members());
                }
            });
            if (!seats.isEmpty()) {
                actual.put(group, seats);
            }
        });
        differ("seats", expected, actual);
    }

    /** For each topic and user, how many are on which node. */
    private Map<Group, Map<NodeId, Integer>> crowds() {
        Map<Group, Map<NodeId, Integer>> crowds = new TreeMap<>();
        for (Client client : clients) {
            client.user().ifPresent(user -> count(crowds, Group.user(user), client));
            client.topics().forEach(topic -> count(crowds, Group.topic(topic), client));
        }
        return crowds;
    }

    private static void count(Map<Group, Map<NodeId, Integer>> counts, Group group, Client client) {
        counts.computeIfAbsent(group, name -> new TreeMap<>())
                .merge(client.node().id(), 1, Integer::sum);
    }

    /** What nodes know of each other's counts, and what watchers have been told. */
    private void compareCrowds() {
        Map<Group, Map<NodeId, Integer>> expected = crowds();
        for (TestNode node : cluster.nodes()) {
            for (GroupKind kind : List.of(GroupKind.TOPIC, GroupKind.USER)) {
                JsonObject reported = cluster.report(node).getJsonObject(kind.label() + "s");
                for (String name : reported.fieldNames()) {
                    Group group = new Group(kind, new Name(name));
                    Map<NodeId, Integer> actual = new TreeMap<>();
                    reported.getJsonObject(name).forEach(count -> {
                        if (!count.getValue().equals(0)) {
                            actual.put(NodeId.parse(count.getKey()), (Integer) count.getValue());
                        }
                    });
                    differ(group + " on " + node.id(), expected.getOrDefault(group, Map.of()), actual);
                }
            }
        }
        for (Client client : clients) {
            Map<Name, Integer> truth = new TreeMap<>();
            client.witness()
                    .presences()
                    .keySet()
                    .forEach(user -> truth.put(user, (int) clients.stream()
                            .filter(other -> other.user().equals(Optional.of(user)))
                            .count()));
            differ(
                    "presence as " + client.id() + " sees it",
                    truth,
                    client.witness().presences());
        }
    }

    /** Which calls each client is in, as it was told, as its node knows, and as the node of the other side does. */
    private void compareCalls() {
        Set<String> made = new TreeSet<>();
        Set<String> incoming = new TreeSet<>();
        for (TestNode node : cluster.nodes()) {
            JsonObject reported = cluster.report(node).getJsonObject("calls");
            Set<String> actual = new TreeSet<>();
            reported.getJsonObject("made")
                    .forEach(call ->
                            actual.add(call.getKey() + " of " + ((JsonObject) call.getValue()).getString("caller")));
            reported.getJsonObject("made")
                    .forEach(call -> ((JsonObject) call.getValue())
                            .getJsonObject("called")
                            .fieldNames()
                            .forEach(peer -> made.add(call.getKey() + " at " + peer)));
            reported.getJsonObject("incoming")
                    .forEach(call -> ((JsonObject) call.getValue())
                            .fieldNames()
                            .forEach(peer -> incoming.add(call.getKey() + " at " + peer)));
            reported.getJsonObject("incoming")
                    .forEach(call -> ((JsonObject) call.getValue())
                            .fieldNames()
                            .forEach(peer -> actual.add(call.getKey() + " at " + peer)));
            Set<String> expected = new TreeSet<>();
            clients.stream()
                    .filter(client -> client.node() == node)
                    .forEach(client -> client.witness()
                            .calls()
                            .forEach((call, state) -> expected.add(
                                    call + (state == Witness.CallState.RINGS ? " at " : " of ") + client.id())));
            differ("calls of " + node.id(), expected, actual);
        }
        differ("at whom callers' nodes believe that it rings", incoming, made);
    }

    private void differ(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            differences.add("%s:%n  expected: %s%n  actual:   %s".formatted(what, expected, actual));
        }
    }
}
