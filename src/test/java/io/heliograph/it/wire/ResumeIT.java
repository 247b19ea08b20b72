package io.heliograph.it.wire;

import static io.heliograph.it.harness.TestClient.askFor;
import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.Rivals;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClient.Received;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestClients.Transport;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the protocol's page says of resuming, held by one process whose window no test lives to see the end of. */
class ResumeIT {
    private static final int KEPT_MAX = 256;
    private static final int ROUNDS = 20;

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess plain;

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess overTls;

    private final Map<Transport, TestClients> clients = new EnumMap<>(Transport.class);

    @BeforeAll
    static void start() {
        plain = ServerProcess.start(Map.of(
                "HELIOGRAPH_LOG_LEVEL",
                "debug",
                "HELIOGRAPH_LIMITS_RATE",
                "10000",
                "HELIOGRAPH_LIMITS_BYTES",
                "1073741824"));
        overTls = ServerProcess.start(Map.of(
                "HELIOGRAPH_HTTP_TLS",
                "self-signed",
                "HELIOGRAPH_LIMITS_RATE",
                "10000",
                "HELIOGRAPH_LIMITS_BYTES",
                "1073741824"));
    }

    @AfterAll
    static void stop() {
        plain.close();
        overTls.close();
    }

    @AfterEach
    void close() {
        clients.values().forEach(TestClients::close);
    }

    private static ServerProcess server(Transport transport) {
        return transport == Transport.WEBSOCKET_OVER_TLS ? overTls : plain;
    }

    private static int port(Transport transport) {
        return server(transport).ports().http();
    }

    private TestClients over(Transport transport) {
        return clients.computeIfAbsent(transport, TestClients::new);
    }

    private TestClient enter(Transport transport, String user) {
        return over(transport).enter(port(transport), user);
    }

    private TestClient resume(Transport transport, TestClient former) {
        return over(transport).resume(port(transport), former.session());
    }

    @ParameterizedTest
    @EnumSource
    void whoComesBackIsTheSamePeerAndIsToldHowThingsAreAndWhatWasKept(Transport transport) {
        String room = "standup-" + transport;
        String alone = "alone-" + transport;
        String topic = "news-" + transport;
        TestClient bob = enter(transport, "bob-" + transport);
        TestClient carol = enter(transport, "carol-" + transport);
        TestClient alice = enter(transport, "alice-" + transport);
        bob.join(room);
        carol.join(room);
        long order = alice.ask(TestClient.joining(room).put("capacity", 9).put("data", "as alice"))
                .getLong("order");
        alice.ask(TestClient.joining(alone).put("capacity", 3));
        alice.ask(with("subscribe", "topic", topic));
        alice.ask(with("watch", "users", new JsonArray().add("bob-" + transport).add("nobody")));
        bob.ask(with("watch", "users", new JsonArray().add("alice-" + transport)));

        away(alice, bob, transport);
        TestClient dave = over(transport).enter(port(transport));
        JsonObject daves = dave.join(room);
        assertTrue(daves.encode().contains(alice.peer()), "an away peer is in the roster: " + daves);
        askFor(bob, with("update", "room", room).put("data", "changed"));
        carol.leave(room);
        askFor(bob, TestClient.message("to", alice.peer(), 1));
        askFor(dave, TestClient.message("room", room, 2));
        askFor(bob, TestClient.message("user", "alice-" + transport, 3));
        askFor(dave, TestClient.message("topic", topic, 4));
        JsonObject ringing = bob.ask(with("call", "user", "alice-" + transport).put("data", 5));
        assertEquals(1, ringing.getInteger("peers"), "an away peer rings: " + ringing);
        askFor(bob, TestClient.message("to", alice.peer(), 6));

        TestClient back = resume(transport, alice);
        back.settle();
        JsonObject welcome = back.welcome();
        assertEquals(alice.peer(), back.peer());
        assertEquals("alice-" + transport, welcome.getString("user"));
        assertEquals(true, welcome.getBoolean("resumed"));
        assertNotEquals(alice.session(), back.session());
        for (String field : List.of("iceServers", "heartbeat", "limits")) {
            assertEquals(alice.welcome().getValue(field), welcome.getValue(field));
        }
        Map<String, String> rooms = new HashMap<>();
        welcome.getJsonArray("rooms").stream()
                .map(JsonObject.class::cast)
                .forEach(each -> rooms.put(each.getString("room"), each.encode()));
        assertEquals(Set.of(room, alone), rooms.keySet());
        assertEquals(
                new JsonObject()
                        .put("room", alone)
                        .put("capacity", 3)
                        .put("order", 1)
                        .put("peers", new JsonArray())
                        .encode(),
                rooms.get(alone));
        assertEquals(
                new JsonObject()
                        .put("room", room)
                        .put("capacity", 250)
                        .put("order", order)
                        .put(
                                "peers",
                                new JsonArray()
                                        .add(new JsonObject()
                                                .put("peer", bob.peer())
                                                .put("order", 1)
                                                .put("user", "bob-" + transport)
                                                .put("data", "changed"))
                                        .add(new JsonObject()
                                                .put("peer", dave.peer())
                                                .put("order", daves.getLong("order"))))
                        .encode(),
                rooms.get(room));
        assertEquals(new JsonArray().add(topic), welcome.getJsonArray("topics"));
        assertEquals(
                Set.of("bob-" + transport, "nobody"),
                welcome.getJsonArray("watching").stream().collect(Collectors.toSet()));
        assertEquals(
                new JsonArray()
                        .add(new JsonObject()
                                .put("call", ringing.getString("call"))
                                .put("made", false)
                                .put("accepted", false)
                                .put("peer", bob.peer())),
                welcome.getJsonArray("calls"));
        List<JsonObject> followed =
                back.frames().all().stream().map(Received::json).toList();
        assertEquals("welcome", followed.get(0).getString("type"));
        assertEquals(
                Set.of("bob-" + transport + " 1", "nobody 0"),
                Set.of(presence(followed.get(1)), presence(followed.get(2))));
        assertEquals(
                List.of("message 1", "message 2", "message 3", "message 4", "call 5", "message 6", "pong null"),
                followed.subList(3, followed.size()).stream()
                        .map(frame -> frame.getString("type") + " " + frame.getValue("data"))
                        .toList());

        // It goes on as if nothing had been.
        askFor(back, TestClient.message("room", room, 7));
        bob.await("message", message -> message.getInteger("data") == 7);
        askFor(bob, TestClient.message("to", back.peer(), 8));
        back.await("message", message -> message.getInteger("data") == 8);
        assertEquals(room, back.leave(room).getString("room"));
        for (TestClient other : List.of(bob, carol, dave)) {
            other.settle();
            assertEquals(
                    other.equals(carol) ? 0 : 1,
                    other.frames("peer-left").stream()
                            .filter(left -> left.getString("peer").equals(alice.peer()))
                            .count());
            assertEquals(
                    other.equals(dave) ? 0 : 1,
                    other.frames("peer-joined").stream()
                            .filter(joined -> joined.getString("peer").equals(alice.peer()))
                            .count());
        }
        assertEquals(
                List.of("alice-" + transport + " 1"),
                bob.frames("presence").stream().map(ResumeIT::presence).toList());
    }

    @Test
    void aTokenCannotBeGuessedAndIsSeenByItsOwnerOnly() {
        Set<String> secrets = new HashSet<>();
        int[] ones = new int[256];
        int sessions = 200;
        List<TestClient> all = over(Transport.WEBSOCKET).enter(sessions, List.of(port(Transport.WEBSOCKET)));
        for (TestClient client : all) {
            String session = client.session();
            assertTrue(session.startsWith(client.peer() + "."), session);
            String secret = session.substring(client.peer().length() + 1);
            assertTrue(secret.matches("[A-Za-z0-9_-]{32,}"), secret);
            secrets.add(secret);
            secret.chars().forEach(character -> ones[character]++);
        }
        assertEquals(sessions, secrets.size());
        // 6,400 characters: each of the 64 a hundred times, more or less.
        assertTrue(Arrays.stream(ones).max().orElseThrow() < 200, Arrays.toString(ones));
        TestClient back = resume(Transport.WEBSOCKET, all.get(0));
        String state = plain.management().get("/state").body();
        List<String> log = plain.log().all();
        for (String session :
                List.of(all.get(0).session(), back.session(), all.get(1).session())) {
            String secret = session.substring(session.indexOf('.') + 1);
            assertFalse(state.contains(secret), "in /state");
            assertEquals(
                    List.of(),
                    log.stream().filter(line -> line.contains(secret)).toList());
        }
    }

    @ParameterizedTest
    @EnumSource
    void theTokenBeforeHoldsUntilTheFirstFrameOnTheNewConnection(Transport transport) {
        TestClient first = enter(transport, "rotating");
        TestClient second = resume(transport, first);
        // Its welcome may have been lost on the way: the client would know the first token only.
        TestClient third = resume(transport, first);
        assertEquals(first.peer(), third.peer());
        assertEquals(
                3, Set.of(first.session(), second.session(), third.session()).size());
        // That one took the place of the second, which nobody has used.
        assertNotEquals(first.peer(), resume(transport, second).peer());

        third.join("rotated-" + transport);
        TestClient late = over(transport).resume(port(transport), first.session());
        assertEquals(false, late.welcome().getBoolean("resumed"));
        assertNotEquals(first.peer(), late.peer());
        third.settle();
        assertFalse(third.closed().isDone(), "who came too late has disturbed nobody");
        TestClient fourth = resume(transport, third);
        assertEquals(first.peer(), fourth.peer());
        assertEquals(
                "rotated-" + transport,
                fourth.welcome().getJsonArray("rooms").getJsonObject(0).getString("room"));
    }

    static Stream<String> tokens() {
        return Stream.of(
                "PEER",
                "PEER.",
                "PEER.SECRE",
                "PEER.SECRET ",
                " PEER.SECRET",
                "PEER.SECRETA",
                "PEER.FOREIGN",
                "pNobody.SECRET",
                "SECRET",
                ".SECRET",
                "PEER.SECRET.SECRET",
                ".",
                "a.b",
                "\u20ac.\ud83d\ude00",
                "x".repeat(1_000) + ".SECRET",
                "PEER." + "x".repeat(60_000));
    }

    @ParameterizedTest
    @MethodSource("tokens")
    void whatIsNoTokenOpensNothingAndTheRestOfTheHelloCounts(String form) {
        TestClient owner = enter(Transport.WEBSOCKET, "owner");
        TestClient other = enter(Transport.WEBSOCKET, "other");
        String secret = secretOf(owner);
        String token = form.replace("SECRETA", secret + "A")
                .replace("SECRET", secret)
                .replace("SECRE", secret.substring(1))
                .replace("FOREIGN", secretOf(other))
                .replace("PEER", owner.peer());
        TestClient stranger = Await.soon(
                over(Transport.WEBSOCKET)
                        .enterSoon(
                                port(Transport.WEBSOCKET),
                                new JsonObject()
                                        .put("resume", token)
                                        .put("user", "stranger")
                                        .put("data", "mine")),
                "welcome");
        assertEquals(false, stranger.welcome().getBoolean("resumed"));
        assertEquals("stranger", stranger.welcome().getString("user"));
        assertFalse(Set.of(owner.peer(), other.peer()).contains(stranger.peer()));
        for (String field : List.of("rooms", "topics", "watching", "calls")) {
            assertFalse(stranger.welcome().containsKey(field), field);
        }
        stranger.join("strangers");
        owner.join("strangers");
        assertEquals(
                "mine",
                owner.frames("joined").get(0).getJsonArray("peers").stream()
                        .map(JsonObject.class::cast)
                        .filter(peer -> peer.getString("peer").equals(stranger.peer()))
                        .findFirst()
                        .orElseThrow()
                        .getString("data"));
        assertEquals(owner.peer(), resume(Transport.WEBSOCKET, owner).peer());
    }

    @Test
    void aTokenOfAnotherKindIsABadRequestAndTheHelloMayBeRepeated() {
        TestClient client = over(Transport.WEBSOCKET).connect(port(Transport.WEBSOCKET));
        for (Object token : Arrays.asList(1, true, new JsonObject(), new JsonArray(), null)) {
            JsonObject answer = client.ask(new JsonObject().put("type", "hello").put("resume", token));
            assertEquals("bad-request", answer.getString("code"), answer.encode());
        }
        assertEquals("welcome", client.ask("hello").getString("type"));
    }

    @ParameterizedTest
    @EnumSource
    void atMost256FramesAreKeptAndWhoSendsMoreIsToldSo(Transport transport) {
        String room = "full-" + transport;
        TestClient bob = enter(transport, "bob-full-" + transport);
        TestClient alice = enter(transport, "alice-full-" + transport);
        alice.join(room);
        bob.join(room);
        away(alice, bob, transport);
        List<Future<JsonObject>> answers = new ArrayList<>();
        for (int i = 0; i < KEPT_MAX + 3; i++) {
            answers.add(bob.askSoon(TestClient.message("to", alice.peer(), i)));
        }
        Await.soon(Future.all(answers), "answers");
        for (int i = 0; i < answers.size(); i++) {
            JsonObject answer = answers.get(i).result();
            if (i < KEPT_MAX) {
                assertEquals("ok", answer.getString("type"), i + ": " + answer);
            } else {
                assertEquals("peer-unreachable", answer.getString("code"), i + ": " + answer);
                assertEquals(alice.peer(), answer.getString("to"));
            }
        }
        askFor(bob, TestClient.message("room", room, "beyond"));
        askFor(bob, TestClient.message("user", "alice-full-" + transport, "beyond"));
        for (var lost : Map.of("room", room, "user", "alice-full-" + transport).entrySet()) {
            bob.await(
                    "dropped",
                    dropped -> dropped.equals(new JsonObject()
                            .put("type", "dropped")
                            .put(lost.getKey(), lost.getValue())
                            .put("count", 1)
                            .put("reason", "overflow")));
        }
        // Calls are few, and kept beyond it.
        String call = bob.ask(with("call", "user", "alice-full-" + transport)).getString("call");

        TestClient back = resume(transport, alice);
        back.settle();
        assertEquals(IntStream.range(0, KEPT_MAX).boxed().toList(), numbers(back));
        assertEquals(call, back.frames("call").get(0).getString("call"));
        askFor(bob, TestClient.message("to", alice.peer(), KEPT_MAX));
        back.await("message", message -> message.getInteger("data") == KEPT_MAX);
        assertEquals(2, bob.frames("dropped").size());
    }

    @Test
    void atMostAMebibyteIsKept() {
        TestClient bob = enter(Transport.WEBSOCKET, "bob-heavy");
        TestClient alice = enter(Transport.WEBSOCKET, "alice-heavy");
        away(alice, bob, Transport.WEBSOCKET);
        String text = "x".repeat(60_000);
        int fit = (1 << 20) / 60_200;
        for (int i = 0; i < fit; i++) {
            askFor(bob, TestClient.message("to", alice.peer(), text + i));
        }
        assertEquals(
                "peer-unreachable",
                bob.ask(TestClient.message("to", alice.peer(), text + fit)).getString("code"));
        TestClient back = resume(Transport.WEBSOCKET, alice);
        back.settle();
        assertEquals(
                IntStream.range(0, fit).mapToObj(i -> text + i).toList(),
                back.frames("message").stream()
                        .map(frame -> frame.getString("data"))
                        .toList());
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsStillOpenIsClosedWith4003AndNothingFollowsOnItAndNothingIsLost(Transport transport) {
        TestClient bob = enter(transport, "bob-streaming");
        TestClient alice = enter(transport, "alice-streaming");
        List<TestClient> lives = new ArrayList<>(List.of(alice));
        int sent = 0;
        int own = 0;
        for (int round = 0; round < ROUNDS; round++) {
            TestClient now = lives.get(round);
            for (int i = 0; i < 20; i++) {
                bob.send(TestClient.message("to", alice.peer(), sent++));
                // Not awaited: what is sent before the second hello takes effect.
                now.send(TestClient.message("to", bob.peer(), own++));
            }
            if (transport == Transport.SOCKJS) {
                // Over SockJS, what is sent is what was answered.
                now.settle();
            }
            lives.add(resume(transport, now));
        }
        TestClient last = lives.get(ROUNDS);
        askFor(bob, TestClient.message("to", alice.peer(), sent++));
        askFor(last, TestClient.message("to", bob.peer(), own++));
        List<Integer> heard = new ArrayList<>();
        for (TestClient life : lives) {
            assertEquals(alice.peer(), life.peer());
            if (!life.equals(last)) {
                assertEquals(4003, Await.soon(life.closed(), "close of the connection before"));
            }
            heard.addAll(numbers(life));
        }
        last.settle();
        assertFalse(last.closed().isDone());
        assertEquals(IntStream.range(0, sent).boxed().toList(), heard);
        assertEquals(IntStream.range(0, own).boxed().toList(), numbers(bob));
    }

    @ParameterizedTest
    @EnumSource
    void whatWaitsBehindAJoinIsDoneBeforeTheSessionGoesOnElsewhere(Transport transport) {
        for (int round = 0; round < ROUNDS; round++) {
            String room = "hasty-" + transport + round;
            TestClient bob = enter(transport, "bob-hasty");
            bob.join(room);
            TestClient alice = enter(transport, "alice-hasty");
            alice.send(TestClient.joining(room));
            for (int i = 0; i < 100; i++) {
                alice.send(TestClient.message("room", room, i));
            }
            if (transport == Transport.SOCKJS) {
                alice.settle();
            }
            TestClient back = resume(transport, alice);
            assertEquals(
                    1,
                    back.welcome().getJsonArray("rooms").size(),
                    back.welcome().encode());
            askFor(back, TestClient.message("room", room, 100));
            bob.await("message", message -> message.getInteger("data") == 100);
            assertEquals(IntStream.rangeClosed(0, 100).boxed().toList(), numbers(bob));
        }
    }

    @ParameterizedTest
    @EnumSource
    void ofManyWhoShowTheSameTokenAtOnceOneGoesOn(Transport transport) {
        for (int round = 0; round < ROUNDS; round++) {
            TestClient bob = enter(transport, "bob-claimed");
            TestClient alice = enter(transport, "alice-claimed");
            alice.join("claimed");
            if (round % 2 == 0) {
                away(alice, bob, transport);
            }
            List<TestClient> rivals = Stream.generate(() -> over(transport).connect(port(transport)))
                    .limit(4)
                    .toList();
            TestClient winner = Rivals.claim(rivals, alice.session());
            assertEquals(alice.peer(), winner.peer());
            askFor(bob, TestClient.message("to", alice.peer(), round));
            winner.await("message", message -> true);
            askFor(winner, TestClient.message("to", bob.peer(), round));
            for (TestClient rival : rivals) {
                assertEquals(
                        rival.equals(winner) ? 1 : 0, rival.frames("message").size(), "round " + round);
            }
            // Whoever lost has not taken the winner's place, nor the token.
            assertEquals(alice.peer(), resume(transport, winner).peer());
        }
    }

    static Stream<Arguments> endings() {
        return Stream.of(
                ending("1000", "left", client -> client.send(RawClient.CLOSE, true, status(1000))),
                ending("1001", "left", client -> client.send(RawClient.CLOSE, true, status(1001))),
                ending("no code", "left", client -> client.send(RawClient.CLOSE, true, new byte[0])),
                ending("1002", "kicked", client -> client.write(new byte[] {(byte) 0x81, 2, '{', '}'})),
                ending("1003", "kicked", client -> client.send(RawClient.BINARY, true, new byte[0])),
                ending("1007", "kicked", client -> client.send(RawClient.TEXT, true, new byte[] {(byte) 0xff})),
                ending("1009", "kicked", client -> client.send(RawClient.TEXT, true, new byte[65_537])));
    }

    private static Arguments ending(String code, String reason, Consumer<RawClient> end) {
        return Arguments.of(code, reason, end);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("endings")
    void aCloseInGoodOrderAndOneForAViolationEndTheSessionAtOnce(String code, String reason, Consumer<RawClient> end) {
        for (Transport transport : List.of(Transport.WEBSOCKET, Transport.WEBSOCKET_OVER_TLS)) {
            TestClient witness = enter(transport, "witness");
            witness.join("ending-" + code);
            boolean tls = transport == Transport.WEBSOCKET_OVER_TLS;
            RawClient raw = tls ? RawClient.openTls(port(transport)) : RawClient.open(port(transport));
            try (RawClient client = raw.upgraded("")) {
                client.sendText("{\"type\":\"hello\"}");
                JsonObject welcome = client.readJson(frame -> true);
                client.sendText(TestClient.joining("ending-" + code).encode());
                String peer = welcome.getString("peer");
                witness.await("peer-joined", joined -> peer.equals(joined.getString("peer")));
                end.accept(client);
                JsonObject left = witness.await("peer-left", frame -> peer.equals(frame.getString("peer")));
                assertEquals(reason, left.getString("reason"));
                TestClient late = over(transport).resume(port(transport), welcome.getString("session"));
                assertEquals(false, late.welcome().getBoolean("resumed"));
                assertNotEquals(peer, late.peer());
            }
            witness.settle();
            assertEquals(1, witness.frames("peer-left").size());
        }
    }

    @ParameterizedTest
    @MethodSource("sockJsEndings")
    void overSockJsTheCloseFrameEndsItAlike(String frame, boolean resumed) {
        TestClient witness = enter(Transport.SOCKJS, "witness");
        witness.join("ending-sockjs");
        TestClient client = enter(Transport.SOCKJS, "ending");
        client.join("ending-sockjs");
        client.send(frame);
        Await.soon(client.closed(), "end of the connection");
        if (!resumed) {
            assertEquals(
                    "left",
                    witness.await("peer-left", left -> client.peer().equals(left.getString("peer")))
                            .getString("reason"));
        }
        TestClient back = resume(Transport.SOCKJS, client);
        assertEquals(resumed, back.welcome().getBoolean("resumed"));
        witness.settle();
        assertEquals(resumed ? 0 : 1, witness.frames("peer-left").size());
        Await.soon(back.close(), "close");
        Await.soon(witness.close(), "close");
    }

    static Stream<Arguments> sockJsEndings() {
        return Stream.of(
                Arguments.of("{\"type\":\"close\",\"code\":1000}", false),
                Arguments.of("{\"type\":\"close\",\"code\":1001}", false),
                Arguments.of("{\"type\":\"close\"}", false),
                Arguments.of("{\"type\":\"close\",\"code\":4999}", true));
    }

    @Test
    void whoComesBackMayDoSoOverAnotherTransport() {
        TestClient bob = enter(Transport.WEBSOCKET, "bob-changing");
        TestClient first = enter(Transport.WEBSOCKET, "changing");
        first.join("changing");
        TestClient second = resume(Transport.SOCKJS, first);
        assertEquals(4003, Await.soon(first.closed(), "close of the WebSocket"));
        askFor(bob, TestClient.message("to", first.peer(), 1));
        second.await("message", message -> true);
        TestClient third = resume(Transport.WEBSOCKET, second);
        assertEquals(4003, Await.soon(second.closed(), "close of the SockJS session"));
        assertEquals(first.peer(), third.peer());
        assertEquals(
                "changing",
                third.welcome().getJsonArray("rooms").getJsonObject(0).getString("room"));
    }

    @ParameterizedTest
    @EnumSource
    void awayPeersCountInSeatsPresenceAndRinging(Transport transport) {
        String room = "seats-" + transport;
        String user = "counted-" + transport;
        TestClient bob = enter(transport, "bob");
        bob.ask(TestClient.joining(room).put("capacity", 2));
        TestClient alice = enter(transport, user);
        alice.join(room);
        away(alice, bob, transport);
        TestClient carol = enter(transport, "carol");
        assertEquals("room-full", carol.ask(TestClient.joining(room)).getString("code"));
        askFor(carol, with("watch", "users", new JsonArray().add(user)));
        assertEquals(1, carol.await("presence", presence -> true).getInteger("peers"));
        TestClient tablet = enter(transport, user);
        carol.await("presence", presence -> presence.getInteger("peers") == 2);
        assertEquals(2, carol.ask(with("call", "user", user)).getInteger("peers"));
        tablet.await("call", call -> true);
        TestClient back = resume(transport, alice);
        back.await("call", call -> true);
        carol.settle();
        assertEquals(2, carol.frames("presence").size());
    }

    @ParameterizedTest
    @EnumSource
    void callsGoOnWhoeverOfTheTwoIsAway(Transport transport) {
        String user = "called-" + transport;
        TestClient witness = enter(transport, "witness");
        TestClient caller = enter(transport, "caller");
        TestClient callee = enter(transport, user);
        String call = caller.ask(with("call", "user", user)).getString("call");
        callee.await("call", ring -> true);

        away(caller, witness, transport);
        askFor(callee, with("accept", "call", call).put("data", "yes"));
        TestClient callerBack = resume(transport, caller);
        assertEquals(
                new JsonArray().add(state(call, true, true).put("peer", callee.peer())),
                callerBack.welcome().getJsonArray("calls"));
        assertEquals("yes", callerBack.await("accepted", accepted -> true).getString("data"));

        away(callee, witness, transport);
        askFor(callerBack, TestClient.message("to", callee.peer(), 1).put("type", "offer"));
        TestClient calleeBack = resume(transport, callee);
        assertEquals(
                new JsonArray().add(state(call, false, true).put("peer", caller.peer())),
                calleeBack.welcome().getJsonArray("calls"));
        calleeBack.await("offer", offer -> offer.getInteger("data") == 1);

        away(callerBack, witness, transport);
        askFor(calleeBack, with("hangup", "call", call));
        TestClient callerAgain = resume(transport, callerBack);
        assertEquals(new JsonArray(), callerAgain.welcome().getJsonArray("calls"));
        assertEquals("hangup", callerAgain.await("call-ended", ended -> true).getString("reason"));

        String second = callerAgain.ask(with("call", "user", user)).getString("call");
        calleeBack.await("call", ring -> true);
        away(callerAgain, witness, transport);
        TestClient last = resume(transport, callerAgain);
        assertEquals(
                new JsonArray().add(state(second, true, false)), last.welcome().getJsonArray("calls"));
        away(calleeBack, witness, transport);
        askFor(last, with("hangup", "call", second));
        TestClient calleeLast = resume(transport, calleeBack);
        assertEquals(new JsonArray(), calleeLast.welcome().getJsonArray("calls"));
        assertEquals("hangup", calleeLast.await("call-ended", ended -> true).getString("reason"));
        for (TestClient each : List.of(caller, callee, callerBack, calleeBack)) {
            assertEquals(List.of(), each.frames("call-ended"));
        }
    }

    /** Breaks the connection, and returns when the server has noticed and {@code witness} has not. */
    private static void away(TestClient client, TestClient witness, Transport transport) {
        double before = broken(transport);
        Await.soon(client.cut(), "cut");
        Await.until(
                Await.SOON,
                () -> broken(transport) > before ? Optional.empty() : Optional.of("no connection was seen to break"));
        witness.settle();
        assertFalse(witness.frames("peer-left").stream()
                .anyMatch(left -> left.getString("peer").equals(client.peer())));
    }

    private static double broken(Transport transport) {
        return server(transport).management().closes(1006);
    }

    private static JsonObject state(String call, boolean made, boolean accepted) {
        return new JsonObject().put("call", call).put("made", made).put("accepted", accepted);
    }

    private static String presence(JsonObject frame) {
        assertEquals("presence", frame.getString("type"), frame.encode());
        return frame.getString("user") + " " + frame.getInteger("peers");
    }

    private static List<Integer> numbers(TestClient client) {
        return client.frames("message").stream()
                .map(frame -> frame.getInteger("data"))
                .toList();
    }

    private static String secretOf(TestClient client) {
        return client.session().substring(client.peer().length() + 1);
    }

    private static byte[] status(int code) {
        return new byte[] {(byte) (code >> 8), (byte) code};
    }
}
