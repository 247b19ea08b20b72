package io.heliograph.it.cluster;

import static io.heliograph.it.harness.RawClient.CLOSE;
import static io.heliograph.it.harness.TestClient.askFor;
import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.Management;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.Roamer;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestClients.Transport;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two processes of two instances, one of which is left by its clients, for good or for a while. */
class DrainIT {
    private static final int DELAY_SECONDS = 2;
    private static final int WITHIN_SECONDS = 8;
    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(DELAY_SECONDS + WITHIN_SECONDS + 5);
    private static final int WINDOW_SECONDS = 15;

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    private boolean stopped;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(
                2,
                Map.of(
                        "HELIOGRAPH_INSTANCES", "2",
                        "HELIOGRAPH_SESSION_WINDOW", String.valueOf(WINDOW_SECONDS),
                        "HELIOGRAPH_DRAIN_DELAY", String.valueOf(DELAY_SECONDS),
                        "HELIOGRAPH_DRAIN_WITHIN", String.valueOf(WITHIN_SECONDS)));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        clients = new TestClients();
    }

    /** The test's clients are such. */
    private void over(Transport transport) {
        clients.close();
        clients = new TestClients(transport);
    }

    @AfterEach
    void everybodyLeavesAndNothingIsLeft() {
        clients.close();
        if (stopped) {
            cluster.startAgain(0);
        }
        Consistency.awaitEmpty(cluster);
    }

    private void stopFirst() {
        beginToStopFirst();
        cluster.awaitEnd(0);
    }

    private void beginToStopFirst() {
        stopped = true;
        cluster.terminate(0);
    }

    @ParameterizedTest
    @CsvSource({"WEBSOCKET, 12", "SOCKJS, 4"})
    void whoMovesWhenToldToLosesNothingAndNobodySeesIt(Transport transport, int peers) {
        over(transport);
        List<Roamer> roamers = IntStream.range(0, peers)
                .mapToObj(i -> Roamer.enter(clients, cluster.ports().get(i % 2), cluster.ports(), "user-" + i))
                .toList();
        roamers.forEach(roamer -> roamer.ask(TestClient.joining("moving")));
        RoamingCall fromHere = RoamingCall.ring(roamers.get(0), roamers.get(1), "user-1");
        RoamingCall toHere = RoamingCall.ring(roamers.get(3), roamers.get(2), "user-2");
        List<Integer> joinsSeen = joinsSeen(roamers);

        try (Signals signals = new Signals(roamers, "moving")) {
            stopFirst();
            signals.stop();
            signals.assertAllCameOnceAndInOrder();
        }
        for (int i = 0; i < roamers.size(); i++) {
            assertEquals(2 - i % 2, roamers.get(i).connections().size(), "connections of " + roamers.get(i));
            assertEquals(1 - i % 2, roamers.get(i).frames("draining").size(), "how often told: " + roamers.get(i));
        }
        assertEquals(joinsSeen, joinsSeen(roamers));
        for (String type : List.of("peer-left", "error", "dropped", "call-ended")) {
            roamers.forEach(roamer -> assertEquals(List.of(), roamer.frames(type), () -> type + " seen by " + roamer));
        }
        fromHere.accept();
        toHere.accept();
        roamers.forEach(roamer -> Await.soon(roamer.close(), "close of " + roamer));
    }

    @Test
    void whatAProcessThatStopsHadOfItsPeersGoesOnElsewhere() {
        int other = cluster.ports().get(1);
        TestClient bob = clients.enter(other, "bob");
        Traveller alice = traveller("alice");
        Traveller absent = traveller("absent");
        bob.join("moving");
        askFor(bob, with("watch", "users", new JsonArray().add("alice").add("absent")));
        for (Traveller traveller : List.of(alice, absent)) {
            traveller.now().join("moving");
            askFor(traveller.now(), with("subscribe", "topic", "news"));
        }
        String taken = call(alice.now(), "bob");
        askFor(bob, with("accept", "call", taken));
        String ringsHere = call(bob, "alice");
        String ringsThere = call(alice.now(), "bob");
        absent.cut();
        awaitAway(absent.peer());
        String waits = call(bob, "absent");
        send(bob, 1, alice, absent);

        beginToStopFirst();
        alice.now().await("draining", draining -> true);
        send(bob, 2, alice, absent);
        JsonObject absentsWelcome = absent.goTo(other).welcome();
        send(bob, 3, alice, absent);
        JsonObject alicesWelcome = alice.goTo(other).welcome();
        send(bob, 4, alice, absent);
        cluster.awaitEnd(0);
        send(bob, 5, alice, absent);

        assertEquals(
                Set.of(
                        state(taken, true, true).put("peer", bob.peer()),
                        state(ringsHere, false, false).put("peer", bob.peer()),
                        state(ringsThere, true, false)),
                alicesWelcome.getJsonArray("calls").stream().collect(Collectors.toSet()));
        assertEquals(
                new JsonArray().add(state(waits, false, false).put("peer", bob.peer())),
                absentsWelcome.getJsonArray("calls"));
        accept(alice.now(), bob, ringsHere);
        accept(bob, alice.now(), ringsThere);
        accept(absent.now(), bob, waits);
        hangUp(alice.now(), bob, taken);
        hangUp(bob, alice.now(), ringsHere);
        hangUp(alice.now(), bob, ringsThere);
        hangUp(bob, absent.now(), waits);
        List.of(alice.now(), absent.now(), bob).forEach(TestClient::settle);
        for (Traveller traveller : List.of(alice, absent)) {
            assertEquals(
                    IntStream.rangeClosed(1, 5)
                            .boxed()
                            .flatMap(number -> Stream.of(number + " to it", number + " on the topic"))
                            .toList(),
                    traveller.frames("message").stream()
                            .map(message -> message.getString("data"))
                            .toList());
        }
        assertEquals(List.of(ringsHere), calls(alice.frames("call")));
        assertEquals(List.of(taken, ringsThere), calls(alice.frames("accepted")));
        assertEquals(List.of(ringsHere), calls(alice.frames("call-ended")));
        assertEquals(List.of(waits), calls(absent.frames("call")));
        assertEquals(List.of(waits), calls(absent.frames("call-ended")));
        assertEquals(List.of(taken, ringsThere), calls(bob.frames("call")));
        assertEquals(List.of(ringsHere, waits), calls(bob.frames("accepted")));
        assertEquals(List.of(taken, ringsThere), calls(bob.frames("call-ended")));
        assertEquals(2, bob.frames("presence").size());
        for (String type : List.of("peer-left", "dropped")) {
            assertEquals(List.of(), bob.frames(type));
        }
        List.of(alice.now(), absent.now(), bob).forEach(client -> Await.soon(client.close(), "close"));
    }

    @Test
    void aDrainIsSeenFromOutsideAndCanBeUndone() {
        Management management = cluster.server(0).management();
        int port = cluster.ports().get(0);
        try (RawClient peer = RawClient.upgrade(port)) {
            peer.enter();
            JsonObject begun = new JsonObject(management.post("/drain").body());
            assertEquals("announced", begun.getString("state"));
            assertEquals(1, begun.getInteger("peers"));
            var notReady = management.get("/readyz");
            assertEquals(503, notReady.statusCode());
            assertTrue(notReady.body().contains("\"not-draining\":false"), notReady.body());
            assertEquals(200, management.get("/livez").statusCode());
            // Balancers may not have noticed yet.
            try (RawClient early = RawClient.upgrade(port);
                    RawClient silent = RawClient.upgrade(port)) {
                early.enter();
                peer.readJson(json -> json.getString("type").equals("draining"));
                early.readJson(json -> json.getString("type").equals("draining"));
                assertEquals(202, management.post("/drain").statusCode());
                assertEquals("moving", management.state().getJsonObject("drain").getString("state"));
                silent.sendText("{\"type\":\"hello\"}");
                assertEquals(1012, silent.read(CLOSE).closeCode());
                early.send(CLOSE, true, new byte[0]);
                assertTrue(early.readEnd());
            }
            assertRefused(port);

            assertEquals(200, management.post("/undrain").statusCode());
            assertEquals(200, management.get("/readyz").statusCode());
            try (RawClient late = RawClient.upgrade(port)) {
                late.enter();
                peer.sendText("{\"type\":\"ping\"}");
                peer.readJson(json -> json.getString("type").equals("pong"));
                late.send(CLOSE, true, new byte[0]);
                assertTrue(late.readEnd());
            }
            peer.send(CLOSE, true, new byte[0]);
            assertTrue(peer.readEnd());
        }
    }

    @Test
    void afterItIsUndoneNobodyIsAskedOrClosed() {
        Management management = cluster.server(0).management();
        List<TestClient> peers = clients.enter(8, List.of(cluster.ports().get(0)));
        management.post("/drain");
        Await.until(DRAINED_WITHIN, () -> asked(peers) > 0 ? Optional.empty() : Optional.of("nobody was asked"));
        management.post("/undrain");
        peers.forEach(TestClient::settle);
        long asked = asked(peers);
        assertTrue(asked < peers.size(), "all were asked at once");
        Await.throughout(
                Duration.ofSeconds(WITHIN_SECONDS),
                () -> asked(peers) == asked
                                && peers.stream()
                                        .noneMatch(peer -> peer.closed().isDone())
                        ? Optional.empty()
                        : Optional.of("the drain went on"));
        peers.forEach(peer -> Await.soon(peer.close(), "close"));
    }

    @Test
    void whoIgnoresItIsClosedInTimeAndCanStillComeBack() {
        Management management = cluster.server(0).management();
        TestClient deaf = clients.enter(cluster.ports().get(0));
        TestClient witness = clients.enter(cluster.ports().get(1));
        deaf.join("deaf");
        witness.join("deaf");
        RawClient mute = RawClient.upgrade(cluster.ports().get(0));
        mute.sendText("{\"type\":\"hello\"}");
        JsonObject muteWelcome = mute.readJson(frame -> true);
        String mutePeer = muteWelcome.getString("peer");
        assertEquals(0.0, remaining(management));
        long began = System.nanoTime();
        management.post("/drain");
        awaitRemaining(2.0, management);
        assertEquals(1012, Await.soon(deaf.closed(), "close of who ignores it"));
        // Who has not answered the close has not heard it: what it says still counts, and what comes for it waits.
        assertEquals(1012, mute.read(CLOSE).closeCode());
        mute.sendText(TestClient.message("to", witness.peer(), "not heard it").encode());
        witness.await("message", message -> mutePeer.equals(message.getString("from")));
        askFor(witness, TestClient.message("to", mutePeer, "waits"));
        mute.close();
        TestClient muteBack = clients.resume(cluster.ports().get(1), muteWelcome.getString("session"));
        assertEquals(mutePeer, muteBack.peer());
        muteBack.await("message", message -> "waits".equals(message.getString("data")));
        long seconds = (System.nanoTime() - began) / 1_000_000_000;
        assertTrue(seconds < DELAY_SECONDS + WITHIN_SECONDS, "closed after " + seconds + " s");
        JsonObject draining = deaf.frames("draining").get(0);
        assertEquals(WITHIN_SECONDS * 1_000 / 4, draining.getInteger("reconnectWithin"));
        assertEquals(
                "ok",
                witness.ask(TestClient.message("to", deaf.peer(), "waits")).getString("type"));

        TestClient back = clients.connect(cluster.ports().get(1));
        JsonObject welcome = back.ask(new JsonObject()
                .put("type", "hello")
                .put("resume", deaf.frames("welcome").get(0).getString("session")));
        assertEquals(deaf.peer(), welcome.getString("peer"));
        back.await("message", message -> message.getString("data").equals("waits"));
        assertEquals(List.of(), witness.frames("peer-left"));
        Await.until(DRAINED_WITHIN, () -> {
            JsonObject state = management.state().getJsonObject("drain");
            return state.getString("state").equals("drained") && state.getInteger("peers") == 0
                    ? Optional.empty()
                    : Optional.of(state.encode());
        });

        awaitRemaining(0.0, management);

        long terminated = System.nanoTime();
        stopFirst();
        long millis = (System.nanoTime() - terminated) / 1_000_000;
        assertTrue(millis < 5_000, "a drained process ended after " + millis + " ms");
        List.of(back, muteBack, witness).forEach(client -> Await.soon(client.close(), "close"));
    }

    @Test
    void whatWaitsForWhoDoesNotComeBackIsToldToItsSender() {
        TestClient gone = clients.enter(cluster.ports().get(0));
        TestClient sender = clients.enter(cluster.ports().get(1));
        List.of(gone, sender).forEach(client -> client.join("waiting"));
        Await.soon(gone.cut(), "end of the connection");
        awaitAway(gone.peer());
        for (JsonObject message : List.of(
                TestClient.message("to", gone.peer(), 1),
                TestClient.message("to", gone.peer(), 2),
                TestClient.message("room", "waiting", 3))) {
            assertEquals("ok", sender.ask(message).getString("type"));
        }
        stopFirst();
        sender.settle();
        // Each notice finds its way by itself.
        Set<JsonObject> dropped = Set.copyOf(sender.frames("dropped"));
        assertEquals(
                Set.of(
                        new JsonObject()
                                .put("type", "dropped")
                                .put("to", gone.peer())
                                .put("count", 2)
                                .put("reason", "node-lost"),
                        new JsonObject()
                                .put("type", "dropped")
                                .put("room", "waiting")
                                .put("count", 1)
                                .put("reason", "node-lost")),
                dropped);
        Await.soon(sender.close(), "close");
    }

    /** By the metrics, of those who should leave the process. */
    private static double remaining(Management management) {
        return management.metrics().getOrDefault("heliograph_drain_remaining_peers", -1.0);
    }

    private static void awaitRemaining(double expected, Management management) {
        Await.until(
                Await.SOON,
                () -> remaining(management) == expected
                        ? Optional.empty()
                        : Optional.of("remaining peers: " + remaining(management)));
    }

    private static void assertRefused(int port) {
        try (RawClient refused = RawClient.open(port);
                RawClient poll = RawClient.open(port)) {
            String upgrade = refused.requestUpgrade("");
            String sockJs = poll.request("POST", "/v1/sockjs/000/aNewSession/xhr", "Content-Length: 0\r\n");
            for (String head : List.of(upgrade, sockJs)) {
                assertTrue(head.startsWith("HTTP/1.1 503 "), head);
                assertTrue(head.toLowerCase(Locale.ROOT).contains("\r\nretry-after: 1\r\n"), head);
            }
        }
    }

    private static long asked(List<TestClient> peers) {
        return peers.stream().filter(peer -> !peer.frames("draining").isEmpty()).count();
    }

    private static List<Integer> joinsSeen(List<Roamer> roamers) {
        return roamers.stream()
                .map(roamer -> roamer.frames("peer-joined").size())
                .toList();
    }

    /** A session on the process that is left. */
    private Traveller traveller(String user) {
        return new Traveller(clients, clients.enter(cluster.ports().get(0), user));
    }

    /** Waits until the first process knows that the peer, the only one so on its node, has no connection. */
    private static void awaitAway(String peer) {
        Await.until(
                Await.SOON,
                () -> cluster.states().get(0).encode().contains("\"away\":[\"" + peer)
                        ? Optional.empty()
                        : Optional.of("not away"));
    }

    /** To each of them, and then to the topic that they are subscribed to. */
    private static void send(TestClient sender, int number, Traveller... travellers) {
        for (Traveller traveller : travellers) {
            askFor(sender, TestClient.message("to", traveller.peer(), number + " to it"));
        }
        askFor(sender, TestClient.message("topic", "news", number + " on the topic"));
    }

    private static String call(TestClient caller, String user) {
        JsonObject ringing = caller.ask(with("call", "user", user));
        assertEquals("ringing", ringing.getString("type"), ringing::encode);
        return ringing.getString("call");
    }

    private static void accept(TestClient callee, TestClient caller, String call) {
        askFor(callee, with("accept", "call", call));
        caller.await("accepted", accepted -> call.equals(accepted.getString("call")));
    }

    /** Ends it, and sees that there is nothing left to end for either side. */
    private static void hangUp(TestClient ending, TestClient other, String call) {
        askFor(ending, with("hangup", "call", call));
        JsonObject ended = other.await("call-ended", frame -> call.equals(frame.getString("call")));
        assertEquals("hangup", ended.getString("reason"));
        for (TestClient client : List.of(ending, other)) {
            assertEquals("call-gone", client.ask(with("hangup", "call", call)).getString("code"));
        }
    }

    private static List<String> calls(List<JsonObject> frames) {
        return frames.stream().map(frame -> frame.getString("call")).toList();
    }

    private static JsonObject state(String call, boolean made, boolean accepted) {
        return new JsonObject().put("call", call).put("made", made).put("accepted", accepted);
    }
}
