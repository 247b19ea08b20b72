package io.heliograph.it.wire;

import static io.heliograph.it.harness.TestClient.askFor;
import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.auth.Tokens;
import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is let in by a real server that asks for tokens, for how long, and to do what. */
class TokensIT {
    private static final String SECRET = "hunter2-hunter2-hunter2-hunter2-";
    private static final KeyPair RSA = Tokens.rsa(2_048);
    private static final KeyPair EC = Tokens.ec("secp256r1");
    private static final KeyPair EDWARDS = Tokens.edwards("Ed25519");

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeAll
    static void start() throws IOException {
        Path directory = Files.createTempDirectory("heliograph-it");
        directory.toFile().deleteOnExit();
        Path keys = Tokens.file(directory, "keys.pem", RSA.getPublic(), EC.getPublic(), EDWARDS.getPublic());
        server = ServerProcess.start(Map.of(
                "HELIOGRAPH_AUTH_MODE", "jwt",
                "HELIOGRAPH_AUTH_JWT_SECRET", SECRET,
                "HELIOGRAPH_AUTH_JWT_KEYS", keys.toString(),
                "HELIOGRAPH_INSTANCES", "2",
                "HELIOGRAPH_LOG_LEVEL", "debug",
                "HELIOGRAPH_ICE_TURN_URLS", "turn:turn.example.org",
                "HELIOGRAPH_ICE_TURN_SECRET", "s"));
    }

    @AfterAll
    static void stop() {
        server.terminate();
        ServerProcess.Exit exit = server.awaitExit();
        for (List<String> lines : List.of(exit.stdout(), exit.stderr())) {
            assertTrue(lines.stream().noneMatch(line -> line.contains("hunter2") || line.contains("eyJ")), "told");
            assertTrue(lines.stream().noneMatch(line -> line.contains(" WARN ") || line.contains(" ERROR ")), "warned");
        }
    }

    @BeforeEach
    void open() {
        clients = new TestClients();
    }

    @AfterEach
    void close() {
        clients.close();
    }

    private static JsonObject claims(String user, long seconds) {
        return Tokens.claims(user, Instant.now().getEpochSecond() + seconds);
    }

    private static String token(String user, long seconds) {
        return Tokens.hs256(SECRET, claims(user, seconds));
    }

    private TestClient connect() {
        return clients.connect(server.ports().http());
    }

    private TestClient enter(String token) {
        TestClient client = connect();
        JsonObject welcome = client.ask(with("hello", "token", token));
        assertEquals("welcome", welcome.getString("type"), welcome::encode);
        return client;
    }

    private TestClient enter(String user, JsonObject grants) {
        return enter(Tokens.hs256(SECRET, claims(user, 600).put("grants", grants)));
    }

    private static void assertUnauthorized(TestClient client, JsonObject hello, String message) {
        JsonObject answer = client.ask(hello);
        assertEquals("unauthorized", answer.getString("code"), answer::encode);
        assertEquals(message, answer.getString("message"));
        assertEquals(4001, Await.soon(client.closed(), "close"));
        assertEquals(List.of(), client.frames("welcome"));
    }

    @Test
    void theTokenSaysWhoTheClientIs() {
        for (String token : List.of(
                token("alice", 600),
                Tokens.rs256(RSA, claims("alice", 600)),
                Tokens.es256(EC, claims("alice", 600)),
                Tokens.eddsa(EDWARDS, claims("alice", 600)))) {
            JsonObject welcome = connect().ask(with("hello", "token", token).put("user", "bob"));
            assertEquals("alice", welcome.getString("user"), welcome::encode);
            int left = welcome.getInteger("tokenTtl");
            assertTrue(left > 500 && left <= 600, welcome.encode());
            assertTrue(welcome.getInteger("iceTtl") <= 600, welcome.encode());
        }
    }

    @Test
    void whoHasNoneOrABadOneIsToldWhyAndSentAway() {
        double before = server.management().closes(4001);
        assertUnauthorized(connect(), with("hello", "user", "alice"), "token: missing (expected: a JSON Web Token)");
        assertUnauthorized(
                connect(), with("hello", "token", token("alice", -1)), "token: exp: over (expected: a time to come)");
        assertUnauthorized(
                connect(),
                with("hello", "token", Tokens.hs256("another-secret-of-32-characters!", claims("alice", 600))),
                "token: signature: wrong (expected: one by a key that is known here)");
        assertUnauthorized(
                connect(),
                with("hello", "token", Tokens.token("none", text -> new byte[0], claims("alice", 600))),
                "token: alg: another one (expected: HS256 or RS256 or ES256 or EdDSA)");
        JsonObject number = connect().ask(with("hello", "token", 5));
        assertEquals("bad-request", number.getString("code"));
        assertEquals(before + 4, server.management().closes(4001));
        assertTrue(
                server.management().metrics().getOrDefault("heliograph_errors_total{code=\"unauthorized\"}", 0.0) >= 4,
                "refusals are counted");
    }

    @Test
    void whatIsSentBehindABadTokenHasNoEffect() {
        TestClient alice = enter(token("alice", 600));
        double before = server.management().closes(4003);
        JsonObject resuming = with("hello", "token", token("alice", 600)).put("resume", alice.session());
        try (RawClient hasty = RawClient.upgrade(server.ports().http())) {
            hasty.write(Buffer.buffer()
                    .appendBytes(frame(with("hello", "token", Tokens.es256(EC, claims("alice", -1)))))
                    .appendBytes(frame(resuming))
                    .getBytes());
            assertEquals("unauthorized", new JsonObject(hasty.read().text()).getString("code"));
            assertEquals(4001, hasty.read().closeCode());
            hasty.send(RawClient.CLOSE, true, new byte[0]);
            assertTrue(hasty.readEnd());
        }
        assertEquals("pong", alice.ask("ping").getString("type"));
        assertEquals(before, server.management().closes(4003));
    }

    private static byte[] frame(JsonObject json) {
        return RawClient.frame(RawClient.TEXT, true, json.toBuffer().getBytes());
    }

    @Test
    void aSessionIsResumedWithAGoodTokenOfItsUserOnly() {
        TestClient alice = enter(token("alice", 600));
        TestClient bob = enter(token("bob", 600));
        alice.join("resumed");
        bob.join("resumed");
        Await.soon(alice.cut(), "cut");

        assertUnauthorized(
                connect(), with("hello", "resume", alice.session()), "token: missing (expected: a JSON Web Token)");
        assertUnauthorized(
                connect(),
                with("hello", "resume", alice.session()).put("token", token("eve", 600)),
                "resume: another user's session (expected: one of the token's user)");
        TestClient back = connect();
        JsonObject welcome = back.ask(with("hello", "resume", alice.session()).put("token", token("alice", 300)));
        assertEquals(true, welcome.getBoolean("resumed"), welcome::encode);
        assertEquals(alice.peer(), back.peer());
        assertTrue(welcome.getInteger("tokenTtl") <= 300, welcome.encode());
        bob.settle();
        assertEquals(List.of(), bob.frames("peer-left"));
    }

    @Test
    void aSessionEndsWithItsToken() {
        TestClient bob = enter(token("bob", 600));
        bob.join("ending");
        TestClient alice = enter(token("alice", 3));
        alice.join("ending");
        assertEquals(4001, Await.soon(alice.closed(), "close"));
        JsonObject last = alice.await("error", error -> !error.containsKey("re"));
        assertEquals("unauthorized", last.getString("code"));
        assertEquals("token: expired (expected: renew before that)", last.getString("message"));
        JsonObject left = bob.await("peer-left", gone -> true);
        assertEquals("kicked", left.getString("reason"));
        JsonObject welcome =
                connect().ask(with("hello", "resume", alice.session()).put("token", token("alice", 600)));
        assertEquals(false, welcome.getBoolean("resumed"), welcome::encode);
    }

    @Test
    void aSessionGoesOnWithATokenThatIsRenewed() {
        TestClient alice = enter(token("alice", 3));
        TestClient witness = enter(token("bob", 3));
        JsonObject renewed = alice.ask(with("renew", "token", Tokens.es256(EC, claims("alice", 600))));
        assertEquals("ok", renewed.getString("type"), renewed::encode);
        int left = renewed.getInteger("tokenTtl");
        assertTrue(left > 500 && left <= 600, renewed.encode());
        // It came with the same end, and was not renewed.
        assertEquals(4001, Await.soon(witness.closed(), "close"));
        alice.settle();
        assertFalse(alice.closed().isDone());
        assertEquals("ok", alice.ask(with("renew", "token", token("alice", 2))).getString("type"));
        assertEquals(4001, Await.soon(alice.closed(), "close"));
    }

    @Test
    void aBadTokenRenewsNothingAndTheOneBeforeGoesOn() {
        TestClient alice = enter(token("alice", 600));
        for (String bad : List.of(token("bob", 600), token("alice", -1), "hunter2")) {
            assertEquals("unauthorized", alice.ask(with("renew", "token", bad)).getString("code"));
        }
        assertEquals("bad-request", alice.ask("renew").getString("code"));
        assertEquals("alice", enter(token("alice", 600)).welcome().getString("user"));
        askFor(alice, TestClient.message("user", "alice", 1));
    }

    @Test
    void aRenewalBeforeHelloIsNone() {
        assertEquals(
                "hello-first",
                connect().ask(with("renew", "token", token("alice", 600))).getString("code"));
    }

    private static void assertForbidden(TestClient client, JsonObject request, String message) {
        JsonObject answer = client.ask(request);
        assertEquals("forbidden", answer.getString("code"), answer::encode);
        assertEquals(message, answer.getString("message"));
    }

    @Test
    void whatTheTokenDoesNotGrantIsForbiddenAndTheConnectionGoesOn() {
        TestClient bob = enter("bob", new JsonObject().put("publish", true));
        askFor(bob, with("subscribe", "topic", "news"));
        TestClient alice = enter(
                "alice",
                Tokens.rooms("granted", "team-*")
                        .put("publish", false)
                        .put("call", false)
                        .put("watch", false)
                        .put("capacity", 2));
        assertForbidden(alice, TestClient.joining("foreign"), "token: grants.rooms: not this room");
        assertForbidden(alice, TestClient.joining("team"), "token: grants.rooms: not this room");
        assertForbidden(
                alice, TestClient.joining("granted").put("capacity", 3), "token: grants.capacity: 3 (expected: <= 2)");
        assertForbidden(alice, with("watch", "users", new JsonArray().add("bob")), "token: grants.watch: false");
        assertForbidden(alice, with("call", "user", "bob"), "token: grants.call: false");
        JsonObject publish = TestClient.message("topic", "news", 1);
        assertForbidden(alice, publish, "token: grants.publish: false");
        assertEquals("news", alice.ask(publish).getString("topic"), "an error about a relay has its address");

        assertEquals(2, alice.join("granted").getInteger("capacity"));
        assertEquals(
                1, alice.ask(TestClient.joining("team-a").put("capacity", 1)).getInteger("capacity"));
        assertEquals(
                "not-a-member",
                alice.ask(TestClient.message("room", "foreign", 1)).getString("code"));
        askFor(alice, with("subscribe", "topic", "news"));
        askFor(bob, TestClient.message("topic", "news", 2));
        alice.await("message", message -> message.getInteger("data") == 2);
        // She may be called, and take it.
        JsonObject ringing = bob.ask(with("call", "user", "alice"));
        assertEquals("ringing", ringing.getString("type"), ringing::encode);
        askFor(alice, with("accept", "call", ringing.getString("call")));
        bob.settle();
        assertEquals(List.of(), bob.frames("presence"));
        assertEquals(1, bob.frames("message").size() + alice.frames("message").size(), "nothing forbidden was sent");
    }

    private static void assertUnreachable(TestClient from, String to) {
        JsonObject answer = from.ask(TestClient.message("to", to, 0));
        assertEquals("peer-unreachable", answer.getString("code"), answer::encode);
        assertEquals(to, answer.getString("to"));
    }

    @Test
    void whoSharesNothingWithAPeerAndWasNotWrittenToMayNotWriteToIt() {
        TestClient alice = enter(token("alice", 600));
        TestClient bob = enter(token("bob", 600));
        assertUnreachable(alice, bob.peer());
        assertUnreachable(alice, "pnobody");

        alice.join("shared-for-a-while");
        bob.join("shared-for-a-while");
        askFor(alice, TestClient.message("to", bob.peer(), 1));
        bob.leave("shared-for-a-while");
        assertUnreachable(alice, bob.peer());
        bob.await("message", message -> message.getInteger("data") == 1);
        // She has written to him.
        askFor(bob, TestClient.message("to", alice.peer(), 2));
        alice.await("message", message -> message.getInteger("data") == 2);
        askFor(alice, TestClient.message("to", bob.peer(), 3));
        bob.settle();
        assertEquals(2, bob.frames("message").size(), "nothing that was refused");
    }

    @Test
    void whoWasWrittenToByNameOrByTopicMayAnswer() {
        TestClient alice = enter("alice", new JsonObject().put("publish", true));
        TestClient bob = enter(token("robert", 600));
        TestClient reader = enter(token("reader", 600));
        askFor(reader, with("subscribe", "topic", "answers"));
        askFor(alice, TestClient.message("user", "robert", 1));
        askFor(alice, TestClient.message("topic", "answers", 1));
        for (TestClient told : List.of(bob, reader)) {
            assertUnreachable(alice, told.peer());
            told.await("message", message -> true);
            askFor(told, TestClient.message("to", alice.peer(), 2));
        }
        alice.await("message", message -> message.getString("from").equals(bob.peer()));
        Await.soon(bob.cut(), "cut");
        TestClient back = connect();
        JsonObject welcome = back.ask(with("hello", "resume", bob.session()).put("token", token("robert", 600)));
        assertEquals(true, welcome.getBoolean("resumed"), welcome::encode);
        askFor(back, TestClient.message("to", alice.peer(), 3));
        askFor(alice, TestClient.message("to", bob.peer(), 4));
        back.await("message", message -> message.getInteger("data") == 4);
    }

    @Test
    void whoIsCalledMayWriteToTheCaller() {
        TestClient alice = enter(token("caller", 600));
        TestClient bob = enter(token("called", 600));
        JsonObject ringing = alice.ask(with("call", "user", "called"));
        assertEquals("ringing", ringing.getString("type"), ringing::encode);
        bob.await("call", call -> true);
        askFor(bob, TestClient.message("to", alice.peer(), 1));
        askFor(alice, TestClient.message("to", bob.peer(), 1));
    }

    private TestClient enterFor(String tenant, String user) {
        JsonObject claims =
                claims(user, 600).put("tenant", tenant).put("grants", new JsonObject().put("publish", true));
        TestClient client = enter(Tokens.hs256(SECRET, claims));
        askFor(client, with("subscribe", "topic", "news"));
        return client;
    }

    @Test
    void twoTenantsShareNoRoomNoTopicAndNoUser() {
        TestClient alice = enterFor("acme", "alice");
        TestClient watcher = enterFor("acme", "watcher");
        askFor(watcher, with("watch", "users", new JsonArray().add("bob")));
        alice.join("shared");
        List<TestClient> others = List.of(enterFor("umbrella", "bob"), enter(token("bob", 600)));
        for (TestClient bob : others) {
            JsonObject joined = bob.ask(TestClient.joining("shared").put("capacity", 1));
            assertEquals("shared", joined.getString("room"), joined::encode);
            assertEquals(new JsonArray(), joined.getJsonArray("peers"));
            assertEquals(1, joined.getInteger("capacity"), "a room of its own");
            assertEquals("user-offline", bob.ask(with("call", "user", "alice")).getString("code"));
            assertEquals(
                    "user-offline",
                    bob.ask(TestClient.message("user", "alice", 1)).getString("code"));
            askFor(bob, TestClient.message("room", "shared", 2));
        }
        askFor(others.get(0), TestClient.message("topic", "news", 3));
        askFor(watcher, TestClient.message("topic", "news", 4));
        JsonObject news = alice.await("message", any -> true);
        assertEquals(4, news.getInteger("data"), news::encode);
        assertEquals("news", news.getString("topic"));

        TestClient bob = enterFor("acme", "bob");
        watcher.await("presence", presence -> presence.getInteger("peers") == 1);
        assertEquals(1, bob.join("shared").getJsonArray("peers").size());
        assertEquals("bob", alice.await("peer-joined", joined -> true).getString("user"), "nobody is told of tenants");
        JsonObject moved = connect()
                .ask(with("hello", "resume", alice.session())
                        .put("token", Tokens.hs256(SECRET, claims("alice", 600).put("tenant", "umbrella"))));
        assertEquals("unauthorized", moved.getString("code"), moved::encode);
    }

    @Test
    void aTokenThatSaysNothingGrantsWhatIsConfigured() {
        TestClient alice = enter(token("alice", 600));
        assertEquals(250, alice.join("anywhere").getInteger("capacity"));
        askFor(alice, with("watch", "users", new JsonArray().add("nobody")));
        assertEquals("user-offline", alice.ask(with("call", "user", "nobody")).getString("code"));
        assertForbidden(alice, TestClient.message("topic", "news", 1), "token: grants.publish: false");
    }

    @Test
    void aRenewedTokenGrantsAnewAndTakesNothingAway() {
        TestClient alice = enter("alice", Tokens.rooms("before"));
        alice.join("before");
        JsonObject after =
                claims("alice", 600).put("grants", Tokens.rooms("after").put("publish", true));
        assertEquals(
                "ok",
                alice.ask(with("renew", "token", Tokens.hs256(SECRET, after))).getString("type"));
        alice.join("after");
        askFor(alice, TestClient.message("topic", "news", 1));
        askFor(alice, TestClient.message("room", "before", 1));
        alice.leave("before");
        assertForbidden(alice, TestClient.joining("before"), "token: grants.rooms: not this room");
    }
}
