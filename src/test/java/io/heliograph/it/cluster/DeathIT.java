package io.heliograph.it.cluster;

import static io.heliograph.it.harness.TestClient.askFor;
import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.Roster;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestClients.Transport;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions that go on although the process that had them is gone. */
class DeathIT {
    private static final int PROCESSES = 3;
    private static final int PEERS = 12;
    private static final String ROOM = "survivors";

    /** Time to come back, and short enough for tests to see what its end brings: until then a dead node keeps its seats. */
    private static final String WINDOW_SECONDS = "12";

    private TestClients clients = new TestClients();
    private Optional<TestCluster> opened = Optional.empty();

    private TestCluster start(Map<String, String> environment) {
        TestCluster cluster = TestCluster.start(PROCESSES, environment);
        opened = Optional.of(cluster);
        return cluster;
    }

    /** The same, where the test's clients come over {@code transport}. */
    private TestCluster start(Transport transport) {
        clients.close();
        clients = new TestClients(transport);
        return start(Map.of(
                "HELIOGRAPH_SESSION_WINDOW",
                WINDOW_SECONDS,
                "HELIOGRAPH_HTTP_TLS",
                transport == Transport.WEBSOCKET_OVER_TLS ? "self-signed" : "off"));
    }

    @AfterEach
    void everybodyLeavesAndNothingIsLeft() {
        clients.close();
        try {
            opened.ifPresent(Consistency::awaitEmpty);
        } finally {
            opened.ifPresent(TestCluster::close);
        }
    }

    @ParameterizedTest(name = "{1} of three processes are killed at once; {0}")
    @CsvSource({"WEBSOCKET, 2", "WEBSOCKET_OVER_TLS, 1", "SOCKJS, 1"})
    void everybodyWhoComesBackIsTheSamePeerAndNobodySeesThemLeave(Transport transport, int killed) {
        TestCluster cluster = start(transport);
        List<Traveller> all = new ArrayList<>();
        for (int i = 0; i < PEERS; i++) {
            TestClient client = clients.enter(cluster.ports().get(i % PROCESSES), "user-" + i % 4);
            client.ask(TestClient.joining(ROOM).put("data", i));
            askFor(client, with("subscribe", "topic", "news"));
            askFor(client, with("watch", "users", new JsonArray().add("user-0")));
            all.add(new Traveller(clients, client));
        }
        Await.until(
                Await.SOON,
                () -> all.stream()
                        .filter(one -> last(one, "presence").getInteger("peers") != PEERS / 4)
                        .map(one -> "not all seen by " + one.now())
                        .findFirst());
        all.forEach(one -> one.now().settle());
        for (int i = 0; i < killed; i++) {
            cluster.kill(0);
        }
        if (killed == PROCESSES - 1) {
            ServerProcess alone = cluster.server(0);
            alone.log()
                    .await(Await.SOON, "a warning", line -> line.contains(" WARN  Membership: alone in the cluster"));
            assertEquals(1.0, alone.management().metrics().get("heliograph_cluster_nodes"));
            assertEquals(200, alone.management().get("/readyz").statusCode());
        }
        List<Future<?>> going = new ArrayList<>();
        for (int i = 0; i < PEERS; i++) {
            if (i % PROCESSES < killed) {
                going.add(
                        all.get(i).going(cluster.ports().get(i % cluster.ports().size())));
            }
        }
        Await.soon(Future.all(going), "welcome for everybody on a process that was killed");
        for (int i = 0; i < PEERS; i++) {
            Traveller one = all.get(i);
            if (i % PROCESSES < killed) {
                JsonObject welcome = one.now().welcome();
                assertEquals("user-" + i % 4, welcome.getString("user"));
                assertEquals(new JsonArray().add("news"), welcome.getJsonArray("topics"));
                assertEquals(new JsonArray().add("user-0"), welcome.getJsonArray("watching"));
                JsonObject room = welcome.getJsonArray("rooms").getJsonObject(0);
                assertEquals(PEERS - 1, room.getJsonArray("peers").size(), welcome.encode());
                assertEquals(i + 1, room.getInteger("order"));
            }
            assertEquals(PEERS, Roster.seenBy(one.now(), ROOM).size(), "members seen by " + i);
        }
        Consistency.await(cluster);
        Pairs.assertRelays(all.stream().map(Traveller::now).toList());
        all.forEach(one -> askFor(one.now(), TestClient.message("topic", "news", one.peer())));
        all.forEach(one -> askFor(one.now(), TestClient.message("room", ROOM, one.peer())));
        all.forEach(one -> askFor(one.now(), TestClient.message("user", "user-0", one.peer())));
        for (int i = 0; i < PEERS; i++) {
            Traveller one = all.get(i);
            one.now().settle();
            assertEquals(
                    (PEERS - 1) * (i % 4 == 0 ? 3 : 2),
                    one.now().frames("message").size(),
                    "messages at " + i);
            assertEquals(List.of(), one.frames("peer-left"));
            assertEquals(PEERS / 4, last(one, "presence").getInteger("peers"));
            assertTrue(
                    one.frames("presence").stream().allMatch(presence -> presence.getInteger("peers") > 0),
                    one.frames("presence").toString());
        }
    }

    @Test
    void whatRingsFromADeadProcessIsLostAndEveryOtherCallGoesOn() {
        TestCluster cluster = start(Map.of("HELIOGRAPH_SESSION_WINDOW", WINDOW_SECONDS));
        List<Integer> ports = cluster.ports();
        Traveller dead = new Traveller(clients, clients.enter(ports.get(0), "dead"));
        Traveller bob = new Traveller(clients, clients.enter(ports.get(1), "bob"));
        Traveller carol = new Traveller(clients, clients.enter(ports.get(2), "carol"));
        String ringsFromThere = call(dead, "carol");
        String ringsThere = call(carol, "dead");
        String takenThere = call(bob, "dead");
        dead.now().await("call", ring -> takenThere.equals(ring.getString("call")));
        askFor(dead.now(), with("accept", "call", takenThere));
        String takenHere = call(dead, "bob");
        bob.now().await("call", ring -> takenHere.equals(ring.getString("call")));
        askFor(bob.now(), with("accept", "call", takenHere));
        dead.now().await("accepted", accepted -> true);

        cluster.kill(0);
        carol.now().await("call-ended", ended -> ringsFromThere.equals(ended.getString("call")));
        TestClient back = dead.goTo(cluster.ports().get(1));
        Map<String, JsonObject> calls = new TreeMap<>();
        back.welcome().getJsonArray("calls").stream()
                .map(JsonObject.class::cast)
                .forEach(call -> calls.put(call.getString("call"), call));
        assertEquals(
                Map.of(
                        ringsThere, state(ringsThere, false, false, carol.peer()),
                        takenThere, state(takenThere, false, true, bob.peer()),
                        takenHere, state(takenHere, true, true, bob.peer())),
                calls);
        askFor(back, with("accept", "call", ringsThere));
        carol.now().await("accepted", accepted -> ringsThere.equals(accepted.getString("call")));
        askFor(bob.now(), with("hangup", "call", takenHere));
        back.await("call-ended", ended -> takenHere.equals(ended.getString("call")));
        askFor(back, with("hangup", "call", takenThere));
        bob.now().await("call-ended", ended -> takenThere.equals(ended.getString("call")));
        askFor(back, with("hangup", "call", ringsThere));
        carol.now().await("call-ended", ended -> ringsThere.equals(ended.getString("call")));
        Consistency.await(cluster);
        List.of(bob, carol, dead).forEach(one -> one.now().settle());
        assertEquals(List.of("hangup"), reasons(dead));
        assertEquals(List.of("hangup"), reasons(bob));
        assertEquals(List.of("lost", "hangup"), reasons(carol));
    }

    @Test
    void aProcessThatStoodStillLetsGoOfThoseWhoWentOnElsewhere() {
        TestCluster cluster = start(Map.of());
        List<TestClient> peers = clients.enter(PROCESSES * 2, cluster.ports());
        peers.forEach(peer -> peer.join(ROOM));
        List<Traveller> travellers =
                peers.stream().map(peer -> new Traveller(clients, peer)).toList();
        cluster.server(0).freeze();
        // One of its two peers notices, and goes elsewhere; nobody knows yet that the process stands still.
        travellers.get(0).goTo(cluster.ports().get(1));
        Await.until(
                Duration.ofSeconds(30),
                () -> cluster.server(1)
                                        .management()
                                        .state()
                                        .getJsonArray("processes")
                                        .size()
                                == PROCESSES - 1
                        ? Optional.empty()
                        : Optional.of("still there"));
        cluster.server(0).thaw();
        assertEquals(4003, Await.within(Duration.ofSeconds(60), peers.get(0).closed(), "close by the one that woke"));
        cluster.awaitTogether();
        Consistency.await(cluster);
        Pairs.assertRelays(travellers.stream().map(Traveller::now).toList());
        for (Traveller traveller : travellers) {
            assertEquals(List.of(), traveller.frames("peer-left"));
            assertEquals(peers.size(), Roster.seenBy(traveller.now(), ROOM).size());
        }
    }

    private static JsonObject last(Traveller traveller, String type) {
        List<JsonObject> frames = traveller.frames(type);
        return frames.get(frames.size() - 1);
    }

    private static List<String> reasons(Traveller traveller) {
        return traveller.frames("call-ended").stream()
                .map(ended -> ended.getString("reason"))
                .toList();
    }

    private static String call(Traveller caller, String user) {
        return caller.now().ask(with("call", "user", user)).getString("call");
    }

    private static JsonObject state(String call, boolean made, boolean accepted, String peer) {
        return new JsonObject()
                .put("call", call)
                .put("made", made)
                .put("accepted", accepted)
                .put("peer", peer);
    }
}
