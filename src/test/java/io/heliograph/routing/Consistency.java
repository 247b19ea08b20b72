package io.heliograph.routing;

import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

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
                            expected.put(id, new Member(id, theirs.order(), Optional.empty(), other.data(room)))));
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
        differ("sessions", sessions, new TreeMap<>(contents.sessions()));
        Map<Name, Map<NodeId, Integer>> expected = new TreeMap<>();
        rooms.forEach((room, members) -> members.values()
                .forEach(client -> expected.computeIfAbsent(room, name -> new TreeMap<>())
                        .merge(client.node().id(), 1, Integer::sum)));
        Map<Name, Map<NodeId, Integer>> actual = new TreeMap<>();
        contents.rooms().forEach((room, entry) -> {
            Map<NodeId, Integer> seats = new TreeMap<>();
            entry.seats().forEach((node, own) -> seats.put(node, own.members()));
            actual.put(room, seats);
        });
        differ("seats", expected, actual);
    }

    private void differ(String what, Object expected, Object actual) {
        if (!expected.equals(actual)) {
            differences.add("%s:%n  expected: %s%n  actual:   %s".formatted(what, expected, actual));
        }
    }
}
