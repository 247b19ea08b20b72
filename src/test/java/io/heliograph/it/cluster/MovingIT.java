package io.heliograph.it.cluster;

import static io.heliograph.it.harness.TestClient.askFor;
import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.Rivals;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClient.Received;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestClients.Transport;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions that go on at another node while the one on which they were lives. */
class MovingIT {
    private static final boolean LONG = Boolean.getBoolean("heliograph.long");
    private static final int PROCESSES = 3;
    private static final int SENDERS = 6;
    private static final int MOVES = LONG ? 300 : 20;
    private static final int ROUNDS = LONG ? 200 : 8;
    /** Of each sender; together fewer than are kept for a peer that is away. */
    private static final int SENT_WHILE_MOVING_MAX = 30;

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    private final Map<Transport, TestClients> clients = new EnumMap<>(Transport.class);

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(
                PROCESSES, Map.of("HELIOGRAPH_LIMITS_RATE", "10000", "HELIOGRAPH_LIMITS_BYTES", "1073741824"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void everybodyLeavesAndNothingIsLeft() {
        try {
            Consistency.await(cluster);
        } finally {
            clients.values().forEach(TestClients::close);
        }
        Consistency.awaitEmpty(cluster);
    }

    private TestClients over(Transport transport) {
        return clients.computeIfAbsent(transport, TestClients::new);
    }

    private TestClient enter(int process, String user) {
        return over(Transport.WEBSOCKET).enter(port(process), user);
    }

    private Traveller traveller(Transport transport, int process, String user) {
        return new Traveller(over(transport), over(transport).enter(port(process), user));
    }

    private static int port(int process) {
        return cluster.ports().get(process % PROCESSES);
    }

    private static Random random(String what) {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println(what + ": -Dheliograph.seed=" + seed);
        return new Random(seed);
    }

    @ParameterizedTest
    @EnumSource(names = {"WEBSOCKET", "SOCKJS"})
    void nothingIsLostOrDoubledOrOutOfOrderForAPeerThatMovesInAStreamOfRelays(Transport transport) {
        Random random = random("moving over " + transport);
        Traveller traveller = traveller(transport, 0, "traveller");
        List<TestClient> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            TestClient sender = enter(i, "sender-" + i);
            sender.join("road");
            askFor(sender, with("watch", "users", new JsonArray().add("traveller")));
            senders.add(sender);
        }
        traveller.now().join("road");
        askFor(traveller.now(), with("subscribe", "topic", "news"));
        for (TestClient sender : senders) {
            askFor(sender, with("subscribe", "topic", "letters"));
        }
        Stream stream = new Stream(traveller, senders, random);
        for (int move = 0; move < MOVES; move++) {
            stream.send(5);
            if (random.nextInt(3) == 0) {
                stream.settle();
                away(traveller);
                stream.sendToTraveller(2);
            } else if (transport == Transport.SOCKJS) {
                // Over SockJS that is sent whose request was answered.
                traveller.now().settle();
            }
            Future<TestClient> going = traveller.going(port(random.nextInt(PROCESSES)));
            for (int i = 0; i < SENT_WHILE_MOVING_MAX && !going.isComplete(); i++) {
                stream.sendToTraveller(1);
                stream.awaitAnswers();
            }
            Await.soon(going, "welcome after move " + move);
        }
        stream.send(5);
        stream.settle();
        stream.assertArrived();
        for (TestClient sender : senders) {
            assertEquals(List.of(), sender.frames("peer-left"));
            assertEquals(
                    1,
                    sender.frames("presence").size(),
                    sender.frames("presence").toString());
        }
    }

    /** Numbered relays between one who moves and others, and what of them must arrive. */
    private static final class Stream {
        private final Traveller traveller;
        private final List<TestClient> senders;
        private final Random random;
        private final List<List<Integer>> fromTraveller = new ArrayList<>();
        private final List<Future<JsonObject>> answers = new ArrayList<>();
        private final int[] sent = new int[SENDERS];
        private final List<JsonObject> letters = new ArrayList<>();

        Stream(Traveller traveller, List<TestClient> senders, Random random) {
            this.traveller = traveller;
            this.senders = senders;
            this.random = random;
            senders.forEach(sender -> fromTraveller.add(new ArrayList<>()));
        }

        void send(int each) {
            for (int i = 0; i < each; i++) {
                sendToTraveller(1);
                sendFromTraveller();
            }
        }

        void sendToTraveller(int each) {
            for (int i = 0; i < each; i++) {
                for (int sender = 0; sender < SENDERS; sender++) {
                    answers.add(senders.get(sender)
                            .askSoon(message(traveller.peer(), "traveller", "news", sent[sender]++)));
                }
            }
        }

        private void sendFromTraveller() {
            int addressee = random.nextInt(SENDERS);
            JsonObject letter =
                    message(senders.get(addressee).peer(), "sender-" + addressee, "letters", letters.size());
            boolean toAll = letter.containsKey("room") || letter.containsKey("topic");
            for (int hearer = 0; hearer < SENDERS; hearer++) {
                if (toAll || hearer == addressee) {
                    fromTraveller.get(hearer).add(letters.size());
                }
            }
            letters.add(letter);
            traveller.now().send(letter);
        }

        private JsonObject message(String peer, String user, String topic, int number) {
            return switch (random.nextInt(4)) {
                case 0 -> TestClient.message("to", peer, number);
                case 1 -> TestClient.message("room", "road", number);
                case 2 -> TestClient.message("user", user, number);
                default -> TestClient.message("topic", topic, number);
            };
        }

        /** Returns when everything sent has taken effect. */
        void settle() {
            awaitAnswers();
            traveller.now().settle();
        }

        /** Returns when everything sent to the traveller has been answered. */
        void awaitAnswers() {
            Await.soon(Future.all(answers), "answers");
            answers.forEach(answer -> assertEquals(
                    "ok", answer.result().getString("type"), answer.result().encode()));
            answers.clear();
        }

        void assertArrived() {
            traveller.assertClosedBehind();
            Set<Integer> missing = new HashSet<>();
            for (int sender = 0; sender < SENDERS; sender++) {
                String from = senders.get(sender).peer();
                assertEquals(
                        IntStream.range(0, sent[sender]).boxed().toList(),
                        numbers(traveller.frames("message"), from),
                        "from sender " + sender);
                TestClient hearer = senders.get(sender);
                hearer.settle();
                List<Integer> heard = numbers(hearer.frames("message"), traveller.peer());
                List<Integer> expected = new ArrayList<>(fromTraveller.get(sender));
                List<Integer> lost = expected.stream()
                        .filter(number -> !heard.contains(number))
                        .toList();
                expected.removeAll(lost);
                assertEquals(expected, heard, "at sender " + sender);
                missing.addAll(lost);
            }
            assertTold(missing);
        }

        /** What a process that stands still for a moment cannot do in time is lost, and the traveller knows. */
        private void assertTold(Set<Integer> missing) {
            Map<JsonObject, Integer> told = new HashMap<>();
            traveller.frames("error").forEach(error -> told.merge(addressOf(error), 1, Integer::sum));
            traveller
                    .frames("dropped")
                    .forEach(dropped -> told.merge(addressOf(dropped), dropped.getInteger("count"), Integer::sum));
            Map<JsonObject, Integer> lost = new HashMap<>();
            missing.forEach(number -> lost.merge(addressOf(letters.get(number)), 1, Integer::sum));
            System.out.println("lost " + lost + ", told " + told);
            lost.forEach((address, count) ->
                    assertTrue(told.getOrDefault(address, 0) >= count, "lost " + lost + ", told " + told));
        }

        private static JsonObject addressOf(JsonObject frame) {
            JsonObject address = new JsonObject();
            for (String kind : List.of("to", "room", "user", "topic")) {
                if (frame.containsKey(kind)) {
                    address.put(kind, frame.getString(kind));
                }
            }
            return address;
        }

        private static List<Integer> numbers(List<JsonObject> messages, String from) {
            return messages.stream()
                    .filter(message -> from.equals(message.getString("from")))
                    .map(message -> message.getInteger("data"))
                    .toList();
        }
    }

    @ParameterizedTest(name = "the connection before is open: {0}")
    @ValueSource(booleans = {true, false})
    void theWelcomeOnAnotherNodeTellsAllAndThenComesWhatWasKept(boolean open) {
        TestClient bob = enter(1, "bob");
        TestClient carol = enter(2, "carol");
        Traveller alice = traveller(Transport.WEBSOCKET, 0, "alice");
        bob.join("standup");
        carol.join("standup");
        long order = alice.now()
                .ask(TestClient.joining("standup").put("data", "as alice"))
                .getLong("order");
        alice.now().ask(TestClient.joining("alone").put("capacity", 3));
        askFor(alice.now(), with("subscribe", "topic", "news"));
        askFor(alice.now(), with("watch", "users", new JsonArray().add("bob").add("nobody")));
        askFor(bob, with("watch", "users", new JsonArray().add("alice")));
        List<String> kept = new ArrayList<>();
        List<JsonObject> calls = new ArrayList<>();
        if (!open) {
            away(alice);
            askFor(bob, with("update", "room", "standup").put("data", "changed"));
            carol.leave("standup");
            askFor(bob, TestClient.message("to", alice.peer(), 1));
            askFor(bob, TestClient.message("room", "standup", 2));
            askFor(bob, TestClient.message("user", "alice", 3));
            askFor(bob, TestClient.message("topic", "news", 4));
            JsonObject ringing = bob.ask(with("call", "user", "alice").put("data", 5));
            assertEquals(1, ringing.getInteger("peers"), ringing.encode());
            askFor(bob, TestClient.message("to", alice.peer(), 6));
            kept.addAll(List.of("message 1", "message 2", "message 3", "message 4", "call 5", "message 6"));
            calls.add(new JsonObject()
                    .put("call", ringing.getString("call"))
                    .put("made", false)
                    .put("accepted", false)
                    .put("peer", bob.peer()));
        }
        TestClient back = alice.goTo(port(2));
        back.await("presence", presence -> "bob".equals(presence.getString("user")));
        back.await("presence", presence -> "nobody".equals(presence.getString("user")));
        back.settle();
        JsonObject welcome = back.welcome();
        assertEquals("alice", welcome.getString("user"));
        Map<String, JsonArray> rosters = new HashMap<>();
        for (Object each : welcome.getJsonArray("rooms")) {
            JsonObject room = (JsonObject) each;
            boolean standup = room.getString("room").equals("standup");
            rosters.put(room.getString("room"), room.getJsonArray("peers"));
            assertEquals(standup ? 250 : 3, room.getInteger("capacity"), room.encode());
            assertEquals(standup ? order : 1, room.getLong("order"), room.encode());
        }
        assertEquals(Set.of("standup", "alone"), rosters.keySet());
        JsonArray others = new JsonArray()
                .add(new JsonObject().put("peer", bob.peer()).put("order", 1).put("user", "bob"));
        if (open) {
            others.add(
                    new JsonObject().put("peer", carol.peer()).put("order", 2).put("user", "carol"));
        } else {
            others.getJsonObject(0).put("data", "changed");
        }
        assertEquals(Map.of("standup", others, "alone", new JsonArray()), rosters);
        assertEquals(new JsonArray().add("news"), welcome.getJsonArray("topics"));
        assertEquals(2, welcome.getJsonArray("watching").size());
        assertEquals(new JsonArray(calls), welcome.getJsonArray("calls"));
        List<JsonObject> followed =
                back.frames().all().stream().map(Received::json).toList();
        List<String> expected = new ArrayList<>(List.of("welcome null", "presence null", "presence null"));
        expected.addAll(kept);
        expected.add("pong null");
        assertEquals(
                expected,
                followed.stream()
                        .map(frame -> frame.getString("type") + " " + frame.getValue("data"))
                        .toList());

        // It goes on as if nothing had been.
        for (JsonObject frame : List.of(
                TestClient.message("to", bob.peer(), 7),
                TestClient.message("room", "standup", 8),
                TestClient.message("user", "bob", 9))) {
            askFor(back, frame);
            bob.await("message", message -> message.getValue("data").equals(frame.getValue("data")));
        }
        TestClient dave = enter(0, "dave");
        assertTrue(dave.join("standup").encode().contains("as alice"));
        back.await("peer-joined", joined -> dave.peer().equals(joined.getString("peer")));
        askFor(dave, TestClient.message("topic", "news", 10));
        back.await("message", message -> message.getInteger("data") == 10);
        bob.settle();
        assertEquals(1, bob.frames("presence").size());
        assertEquals(
                open ? List.of() : List.of(carol.peer()),
                bob.frames("peer-left").stream()
                        .map(left -> left.getString("peer"))
                        .toList());
    }

    @Test
    void theTokenRotatesFromNodeToNode() {
        TestClients all = over(Transport.WEBSOCKET);
        Map<String, Double> before = resumes();
        TestClient first = enter(0, "rotating");
        TestClient second = all.resume(port(1), first.session());
        assertEquals(first.peer(), second.peer());
        TestClient third = all.resume(port(2), first.session());
        assertEquals(first.peer(), third.peer());
        third.join("rotated");
        for (String old : List.of(first.session(), second.session())) {
            for (int process = 0; process < PROCESSES; process++) {
                TestClient late = all.resume(port(process), old);
                assertEquals(false, late.welcome().getBoolean("resumed"));
                assertNotEquals(first.peer(), late.peer());
            }
        }
        third.settle();
        TestClient fourth = all.resume(port(0), third.session());
        assertEquals(first.peer(), fourth.peer());
        assertEquals(first.peer(), all.resume(port(0), fourth.session()).peer());
        Map<String, Double> counted = resumes();
        counted.replaceAll((result, count) -> count - before.getOrDefault(result, 0.0));
        assertEquals(
                Map.of(
                        "same-node",
                        1.0,
                        "other-node",
                        3.0,
                        "over",
                        2.0 * PROCESSES,
                        "superseded",
                        0.0,
                        "unavailable",
                        0.0),
                counted);
    }

    /** Of all processes together, by result. */
    private static Map<String, Double> resumes() {
        Map<String, Double> sums = new HashMap<>();
        for (int process = 0; process < PROCESSES; process++) {
            Map<String, Double> series = cluster.server(process).management().metrics();
            for (String result : List.of("same-node", "other-node", "over", "superseded", "unavailable")) {
                sums.merge(result, series.get("heliograph_resumes_total{result=\"" + result + "\"}"), Double::sum);
            }
        }
        return sums;
    }

    @Test
    void ofManyWhoShowTheSameTokenOnAllNodesAtOnceOneGoesOn() {
        for (int round = 0; round < ROUNDS; round++) {
            String what = "round " + round;
            TestClient bob = enter(1, "bob");
            TestClient alice = enter(round, "alice");
            alice.join("claimed");
            if (round % 2 == 0) {
                away(new Traveller(over(Transport.WEBSOCKET), alice));
            }
            List<TestClient> rivals = new ArrayList<>();
            for (int rival = 0; rival < 2 * PROCESSES; rival++) {
                rivals.add(over(Transport.WEBSOCKET).connect(port(rival)));
            }
            TestClient winner = Rivals.claim(rivals, alice.session());
            assertEquals(alice.peer(), winner.peer());
            askFor(bob, TestClient.message("to", alice.peer(), round));
            winner.await("message", message -> true);
            askFor(winner, TestClient.message("to", bob.peer(), round));
            for (TestClient rival : rivals) {
                assertEquals(
                        rival.equals(winner) ? 1 : 0, rival.frames("message").size(), what);
            }
            // Whoever lost has not taken the winner's place, nor the token.
            assertEquals(
                    alice.peer(),
                    over(Transport.WEBSOCKET)
                            .resume(port(round), winner.session())
                            .peer());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WEBSOCKET", "SOCKJS"})
    void callsGoOnWhoeverMovesAndEndOnce(Transport transport) {
        Random random = random("calls over " + transport);
        for (int round = 0; round < ROUNDS; round++) {
            String user = "callee-" + round;
            Traveller caller = traveller(transport, random.nextInt(PROCESSES), "caller");
            Traveller callee = traveller(transport, random.nextInt(PROCESSES), user);
            Traveller tablet = traveller(transport, random.nextInt(PROCESSES), user);
            JsonObject ringing = caller.now().ask(with("call", "user", user));
            assertEquals(2, ringing.getInteger("peers"), ringing.encode());
            String call = ringing.getString("call");
            move(random, caller, callee, tablet);
            askFor(callee.now(), with("accept", "call", call).put("data", round));
            move(random, caller, callee, tablet);
            caller.now().await("pong", pong -> true);
            assertEquals(
                    List.of(call + " " + round),
                    caller.frames("accepted").stream()
                            .map(frame -> frame.getString("call") + " " + frame.getInteger("data"))
                            .toList());
            for (Traveller party : List.of(caller, callee)) {
                boolean made = party == caller;
                TestClient back = party.goTo(port(random.nextInt(PROCESSES)));
                assertEquals(
                        new JsonArray()
                                .add(new JsonObject()
                                        .put("call", call)
                                        .put("made", made)
                                        .put("accepted", true)
                                        .put("peer", made ? callee.peer() : caller.peer())),
                        back.welcome().getJsonArray("calls"),
                        "round " + round);
            }
            assertEquals(
                    "call-gone", tablet.now().ask(with("accept", "call", call)).getString("code"));
            Traveller ender = random.nextBoolean() ? caller : callee;
            askFor(ender.now(), with("hangup", "call", call));
            move(random, caller, callee, tablet);
            for (Traveller party : List.of(caller, callee, tablet)) {
                List<String> reasons = party.frames("call-ended").stream()
                        .map(ended -> ended.getString("reason"))
                        .toList();
                List<String> right = party == tablet
                        ? List.of("answered-elsewhere")
                        : party == ender ? List.of() : List.of("hangup");
                assertEquals(right, reasons, "round " + round);
                assertEquals(new JsonArray(), party.goTo(port(0)).welcome().getJsonArray("calls"));
            }
        }
    }

    /** Some of them come back elsewhere, at the same time; each of them has all that came for it when this returns. */
    private static void move(Random random, Traveller... travellers) {
        List<Future<?>> going = new ArrayList<>();
        for (Traveller traveller : travellers) {
            if (random.nextInt(3) > 0) {
                if (random.nextBoolean()) {
                    away(traveller);
                }
                going.add(traveller.going(port(random.nextInt(PROCESSES))));
            }
        }
        Await.soon(Future.all(going), "welcome for each");
        // Nobody has to wait for a node: what concerns another node was asked of it and is answered within this.
        Consistency.await(cluster);
        for (Traveller traveller : travellers) {
            traveller.now().settle();
        }
    }

    @Test
    void whatTheMovingPeerAsksAtTheSameTimeIsAnsweredOrDone() {
        Random random = random("asking while moving");
        for (int round = 0; round < ROUNDS; round++) {
            String room = "room-" + round;
            TestClient bob = enter(random.nextInt(PROCESSES), "bob-" + round);
            bob.join(room);
            Traveller alice = traveller(Transport.WEBSOCKET, random.nextInt(PROCESSES), "alice");
            // Not awaited: they take effect before the second hello does.
            alice.now().send(TestClient.joining(room).put("data", 1));
            alice.now().send(with("update", "room", room).put("data", 2));
            alice.now().send(with("subscribe", "topic", room));
            alice.now().send(with("watch", "users", new JsonArray().add("bob-" + round)));
            alice.now().send(with("call", "user", "bob-" + round));
            TestClient back = alice.goTo(port(random.nextInt(PROCESSES)));
            JsonObject welcome = back.welcome();
            String what = "round " + round + ": " + welcome;
            assertEquals(1, welcome.getJsonArray("rooms").size(), what);
            assertEquals(new JsonArray().add(room), welcome.getJsonArray("topics"), what);
            assertEquals(new JsonArray().add("bob-" + round), welcome.getJsonArray("watching"), what);
            assertEquals(1, welcome.getJsonArray("calls").size(), what);
            assertEquals(2, enter(0, "late").join(room).getJsonArray("peers").size(), what);
            bob.await("peer-joined", joined -> alice.peer().equals(joined.getString("peer")));
            bob.await("peer-updated", updated -> updated.getInteger("data") == 2);
            String call = bob.await("call", ring -> true).getString("call");
            askFor(bob, with("accept", "call", call));
            back.await("accepted", accepted -> call.equals(accepted.getString("call")));
            back.await("presence", presence -> presence.getInteger("peers") == 1);
        }
    }

    /** Breaks the connection, and returns when the server has noticed. */
    private static void away(Traveller traveller) {
        double before = broken();
        traveller.cut();
        Await.until(
                Await.SOON,
                () -> broken() > before ? Optional.empty() : Optional.of("no connection was seen to break"));
    }

    private static double broken() {
        return IntStream.range(0, PROCESSES)
                .mapToDouble(process -> cluster.server(process).management().closes(1006))
                .sum();
    }
}
