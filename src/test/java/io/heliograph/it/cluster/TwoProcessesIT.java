package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.Roster;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes of two instances each: four nodes, which nobody may be able to tell from one. */
class TwoProcessesIT {
    private static final boolean LONG = Boolean.getBoolean("heliograph.long");
    private static final int ROUNDS = LONG ? 100 : 20;

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(
                2,
                Map.of(
                        "HELIOGRAPH_INSTANCES",
                        "2",
                        "HELIOGRAPH_LIMITS_RATE",
                        "10000",
                        "HELIOGRAPH_LIMITS_BYTES",
                        "1073741824"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        clients = new TestClients();
    }

    @AfterEach
    void everybodyLeavesAndNothingIsLeft() {
        clients.close();
        Consistency.awaitEmpty(cluster);
    }

    @Test
    void ofTwoHundredWhoJoinARoomForAHundredExactlyAHundredGetIn() {
        List<TestClient> peers = clients.enter(200, cluster.ports());
        long began = System.nanoTime();
        for (int round = 0; round < ROUNDS; round++) {
            String room = "rush-" + round;
            List<TestClient> inside = rush(peers, room);
            assertEquals(100, inside.size(), room);
            assertRosters(inside, room);
            List<Future<JsonObject>> leaving = new ArrayList<>();
            inside.forEach(peer -> leaving.add(
                    peer.askSoon(new JsonObject().put("type", "leave").put("room", room))));
            Await.soon(Future.all(leaving), "left " + room);
            assertTrue(Consistency.roster(cluster.states(), room).isEmpty(), "left behind in " + room);
        }
        System.out.println("rush: " + ROUNDS + " rounds of 200 joins in " + millisSince(began) + " ms");
    }

    @Test
    void aRoomWithOneSeatIsWonByOneEachTime() {
        List<TestClient> peers = clients.enter(8, cluster.ports());
        for (int round = 0; round < 5 * ROUNDS; round++) {
            String room = "seat-" + round % 3;
            List<Future<JsonObject>> answers = new ArrayList<>();
            peers.forEach(
                    peer -> answers.add(peer.askSoon(TestClient.joining(room).put("capacity", 1))));
            Await.soon(Future.all(answers), "answers of round " + round);
            List<Integer> winners = new ArrayList<>();
            for (int i = 0; i < peers.size(); i++) {
                if (answers.get(i).result().getString("type").equals("joined")) {
                    winners.add(i);
                }
            }
            assertEquals(1, winners.size(), "round " + round);
            // Once `left` is there, the seat is free on every node.
            peers.get(winners.get(0)).leave(room);
        }
    }

    @Test
    void whatIsAnsweredHoldsOnEveryNode() {
        List<TestClient> four = clients.enter(4, cluster.ports());
        for (int round = 0; round < 5 * ROUNDS; round++) {
            String room = "held-" + round % 5;
            for (int i = 0; i < four.size(); i++) {
                JsonObject joined = four.get(i).join(room);
                assertEquals(i, joined.getJsonArray("peers").size(), joined.toString());
            }
            TestClient changed = four.get(round % 4);
            changed.ask(new JsonObject().put("type", "update").put("room", room).put("data", round));
            TestClient other = four.get((round + 1) % 4);
            other.leave(room);
            JsonObject again = other.join(room);
            Object seen = again.getJsonArray("peers").stream()
                    .map(JsonObject.class::cast)
                    .filter(peer -> peer.getString("peer").equals(changed.peer()))
                    .findFirst()
                    .orElseThrow()
                    .getValue("data");
            assertEquals(round, seen);
            four.forEach(peer -> peer.leave(room));
        }
    }

    @Test
    void relaysReachEveryPairOnWhicheverNodes() {
        List<TestClient> peers = clients.enter(8, cluster.ports());
        peers.forEach(peer -> peer.join("pairs"));
        Pairs.assertRelays(peers);
        JsonObject unknown = peers.get(0).ask(TestClient.message("to", "pNobody", 1));
        assertEquals("peer-unreachable", unknown.getString("code"));
        // A stranger is found as well: it shares no room with the sender.
        TestClient stranger = clients.enter(cluster.ports().get(1));
        assertEquals(
                "ok",
                peers.get(0)
                        .ask(TestClient.message("to", stranger.peer(), "hello"))
                        .getString("type"));
        stranger.await(
                "message",
                message -> message.getString("from").equals(peers.get(0).peer()));
        stranger.close();
        Await.until(Await.SOON, () -> {
            String answer = String.valueOf(peers.get(0)
                    .ask(TestClient.message("to", stranger.peer(), "gone"))
                    .getString("code"));
            return answer.equals("peer-unreachable") ? Optional.empty() : Optional.of(answer);
        });
    }

    @Test
    void framesOfOneSenderArriveInTheOrderSentWhateverTheirAddresses() {
        List<TestClient> peers = clients.enter(8, cluster.ports());
        peers.forEach(peer -> peer.join("ordered"));
        int frames = LONG ? 20_000 : 2_000;
        long began = System.nanoTime();
        List<Future<JsonObject>> last = new ArrayList<>();
        for (int number = 0; number < frames; number++) {
            for (TestClient sender : peers) {
                // One to the room, one to a member, all at the same time.
                JsonObject frame = number % 2 == 0
                        ? TestClient.message("room", "ordered", number)
                        : TestClient.message(
                                "to", peers.get(number / 2 % peers.size()).peer(), number);
                sender.send(frame);
            }
            if (number % 500 == 499) {
                // Not more than the servers may hold for one connection.
                Await.soon(
                        Future.all(
                                peers.stream().map(peer -> peer.askSoon("ping")).toList()),
                        "pongs");
            }
        }
        peers.forEach(sender -> last.add(sender.askSoon(TestClient.message("room", "ordered", frames))));
        Await.soon(Future.all(last), "acknowledgements");
        peers.forEach(TestClient::settle);
        for (int receiver = 0; receiver < peers.size(); receiver++) {
            for (TestClient sender : peers) {
                if (!sender.equals(peers.get(receiver))) {
                    assertOrder(peers, sender, receiver, frames);
                }
            }
        }
        System.out.println("order: " + peers.size() * frames + " frames sent in " + millisSince(began) + " ms");
    }

    @Test
    void afterEverybodyHasComeAndGoneAtRandomAllNodesAgree() {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("churn: heliograph.seed=" + seed);
        List<TestClient> first = clients.enter(40, cluster.ports());
        List<Churn> churns = new ArrayList<>();
        for (int i = 0; i < first.size(); i++) {
            churns.add(new Churn(clients, cluster.ports(), first.get(i), seed + i));
        }
        int steps = LONG ? 2_000 : 150;
        long began = System.nanoTime();
        List<Future<Void>> running =
                churns.stream().map(churn -> churn.run(steps)).toList();
        Await.within(
                Duration.ofMinutes(5),
                Future.all(running).toCompletionStage().toCompletableFuture(),
                "end of the churn");
        System.out.println("churn: " + churns.size() * steps + " steps in " + millisSince(began) + " ms");
        Consistency.await(cluster);
        churns.forEach(churn -> churn.client().settle());
        List<JsonObject> states = cluster.states();
        for (Churn churn : churns) {
            for (String room : churn.rooms()) {
                assertEquals(
                        Consistency.roster(states, room),
                        Roster.seenBy(churn.client(), room),
                        () -> room + " as seen by " + churn.client());
            }
            // Whoever is gone was told nothing that made no sense.
            churn.past().forEach(past -> {
                for (int room = 0; room < 8; room++) {
                    Roster.seenBy(past, "churn-" + room);
                }
            });
        }
    }

    /** All join at the same moment; answers who got in. */
    private static List<TestClient> rush(List<TestClient> peers, String room) {
        List<Future<JsonObject>> answers = new ArrayList<>();
        peers.forEach(peer -> answers.add(peer.askSoon(TestClient.joining(room).put("capacity", 100))));
        Await.soon(Future.all(answers), "answers of " + room);
        List<TestClient> inside = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            JsonObject answer = answers.get(i).result();
            if (answer.getString("type").equals("joined")) {
                assertEquals(100, answer.getInteger("capacity"));
                inside.add(peers.get(i));
            } else {
                assertEquals("room-full", answer.getString("code"), answer.toString());
            }
        }
        return inside;
    }

    /** What the clients saw is the same everywhere, and is what the servers report. */
    private static void assertRosters(List<TestClient> inside, String room) {
        Await.soon(Future.all(inside.stream().map(peer -> peer.askSoon("ping")).toList()), "pongs");
        assertEquals(Optional.empty(), Consistency.problem(cluster.states()));
        SortedMap<String, Long> roster = Consistency.roster(cluster.states(), room);
        assertEquals(100, roster.size());
        assertEquals(100, Set.copyOf(roster.values()).size(), "join numbers");
        for (TestClient peer : inside) {
            assertEquals(roster, Roster.seenBy(peer, room), () -> "as seen by " + peer);
            // Of two members exactly one found the other there: the one with the higher number.
            long own = roster.getOrDefault(peer.peer(), -1L);
            Set<String> before = new TreeSet<>();
            roster.forEach((other, order) -> {
                if (order < own) {
                    before.add(other);
                }
            });
            assertEquals(before, Roster.foundBy(peer, room), () -> "found by " + peer);
        }
    }

    private static void assertOrder(List<TestClient> peers, TestClient sender, int receiver, int frames) {
        List<Integer> expected = new ArrayList<>();
        for (int number = 0; number < frames; number++) {
            if (number % 2 == 0 || number / 2 % peers.size() == receiver) {
                expected.add(number);
            }
        }
        expected.add(frames);
        List<Integer> got = peers.get(receiver).frames("message").stream()
                .filter(message -> message.getString("from").equals(sender.peer()))
                .map(message -> message.getInteger("data"))
                .toList();
        assertEquals(expected, got, () -> "from " + sender + " to " + peers.get(receiver));
    }

    private static long millisSince(long nanos) {
        return (System.nanoTime() - nanos) / 1_000_000;
    }
}
