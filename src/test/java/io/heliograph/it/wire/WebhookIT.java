package io.heliograph.it.wire;

import static io.heliograph.it.harness.TestClient.askFor;
import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestCertificate;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is let in by real servers that ask a real HTTP endpoint, and what becomes of clients when that fails. */
class WebhookIT {
    private static final String SECRET = "an-endpoint-knows-this-server-by-it";
    private static final Duration ALIVE_WITHIN = Duration.ofSeconds(30);
    private static final JsonArray OWN_ICE = new JsonArray()
            .add(new JsonObject().put("urls", new JsonArray().add("stun:own.example.org")))
            .add(new JsonObject()
                    .put("urls", new JsonArray().add("turn:own.example.org?transport=tcp"))
                    .put("username", "own")
                    .put("credential", "hunter2-ice"));

    private final Vertx vertx = Vertx.vertx();
    private final Map<String, JsonObject> known = new ConcurrentHashMap<>();
    private final List<JsonObject> questions = new CopyOnWriteArrayList<>();
    private volatile boolean silent;

    @SuppressWarnings("NullAway.Init")
    private HttpServer endpoint;

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeEach
    void open() {
        endpoint = listen(new HttpServerOptions(), 0);
        clients = new TestClients();
    }

    @AfterEach
    void close() {
        clients.close();
        Await.soon(vertx.close(), "end of the endpoint");
    }

    private HttpServer listen(HttpServerOptions options, int port) {
        return Await.soon(
                vertx.createHttpServer(options)
                        .requestHandler(request -> request.body().onSuccess(body -> answer(request, body)))
                        .listen(port, "127.0.0.1"),
                "endpoint");
    }

    private void answer(HttpServerRequest request, Buffer body) {
        JsonObject question = body.toJsonObject();
        questions.add(question);
        String token = question.getString("token", "none");
        if (silent || token.equals("hunter2-silent")) {
            return;
        }
        if (!("Bearer " + SECRET).equals(request.getHeader("authorization"))) {
            request.response().setStatusCode(500).end();
            return;
        }
        JsonObject answer = known.get(token);
        if (answer == null) {
            request.response().setStatusCode(401).end("{\"reason\":\"no such\\nuser\"}");
        } else {
            request.response().putHeader("content-type", "application/json").end(answer.toBuffer());
        }
    }

    /** Has the endpoint know a token. */
    private static JsonObject user(String name) {
        return new JsonObject().put("user", name);
    }

    private static long in(long seconds) {
        return Instant.now().getEpochSecond() + seconds;
    }

    private Map<String, String> environment() {
        return new HashMap<>(Map.of(
                "HELIOGRAPH_AUTH_MODE", "webhook",
                "HELIOGRAPH_AUTH_WEBHOOK_URL", "http://127.0.0.1:" + endpoint.actualPort() + "/signaling",
                "HELIOGRAPH_AUTH_WEBHOOK_SECRET", SECRET,
                "HELIOGRAPH_AUTH_WEBHOOK_TIMEOUT", "1000",
                "HELIOGRAPH_LOG_LEVEL", "debug",
                "HELIOGRAPH_ICE_STUN_URLS", "stun:configured.example.org"));
    }

    private TestClient enter(ServerProcess server, String token) {
        TestClient client = clients.connect(server.ports().http());
        JsonObject welcome = client.ask(with("hello", "token", token));
        assertEquals("welcome", welcome.getString("type"), welcome::encode);
        return client;
    }

    private static void assertRefused(TestClient client, JsonObject request, String code, String message) {
        JsonObject answer = client.ask(request);
        assertEquals(code, answer.getString("code"), answer::encode);
        assertEquals(message, answer.getString("message"));
    }

    private static double answers(ServerProcess server, String result) {
        return server.management()
                .metrics()
                .getOrDefault("heliograph_webhook_seconds_count{result=\"" + result + "\"}", -1.0);
    }

    /** What it has logged at WARN or above; fails where a secret is in any line. */
    private static List<String> warnings(ServerProcess server) {
        server.terminate();
        ServerProcess.Exit exit = server.awaitExit();
        assertTrue(exit.stderr().stream().noneMatch(line -> line.contains("hunter2") || line.contains(SECRET)), "told");
        return exit.stderr().stream()
                .filter(line -> line.contains(" WARN ") || line.contains(" ERROR "))
                .toList();
    }

    @Test
    void theEndpointSaysWhoTheClientIsAndWhatItMayDo() {
        known.put(
                "hunter2-alice",
                user("alice")
                        .put(
                                "grants",
                                new JsonObject()
                                        .put("rooms", new JsonArray().add("granted"))
                                        .put("call", false)));
        known.put("none", user("guest"));
        ServerProcess server = ServerProcess.start(environment());
        TestClient alice = clients.connect(server.ports().http());
        JsonObject welcome = alice.ask(with("hello", "token", "hunter2-alice").put("user", "mallory"));
        assertEquals("alice", welcome.getString("user"), welcome::encode);
        assertFalse(welcome.containsKey("tokenTtl"));
        assertEquals(
                new JsonObject().put("v", 1).put("user", "mallory").put("token", "hunter2-alice"), questions.get(0));
        alice.join("granted");
        assertRefused(alice, TestClient.joining("foreign"), "forbidden", "token: grants.rooms: not this room");
        assertRefused(alice, with("call", "user", "bob"), "forbidden", "token: grants.call: false");
        assertRefused(alice, TestClient.message("topic", "news", 1), "forbidden", "token: grants.publish: false");
        askFor(alice, with("watch", "users", new JsonArray().add("nobody")));

        JsonObject guest = clients.connect(server.ports().http()).ask("hello");
        assertEquals("guest", guest.getString("user"), guest::encode);
        assertEquals(new JsonObject().put("v", 1), questions.get(1));

        TestClient stranger = clients.connect(server.ports().http());
        assertRefused(stranger, with("hello", "token", "hunter2-eve"), "unauthorized", "token: refused: no such user");
        assertEquals(4001, Await.soon(stranger.closed(), "close"));
        assertEquals(2, answers(server, "allowed"));
        assertEquals(1, answers(server, "denied"));
        assertEquals(0, answers(server, "failed"));
        assertEquals(List.of(), warnings(server));
    }

    @Test
    void whoComesWhileTheEndpointIsSlowMayTryAgainOverTheSameConnection() {
        known.put("hunter2-alice", user("alice"));
        ServerProcess server = ServerProcess.start(environment());
        silent = true;
        TestClient alice = clients.connect(server.ports().http());
        JsonObject hello = with("hello", "token", "hunter2-alice");
        String text = "token: not checked, the application does not answer (expected: again, later)";
        assertRefused(alice, hello, "unavailable", text);
        silent = false;
        assertEquals("welcome", alice.ask(hello).getString("type"));
        assertEquals(1, answers(server, "failed"));
        List<String> warnings = warnings(server);
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.get(0).contains("client not identified auth.webhook.url=http://127.0.0.1:"));
    }

    @Test
    void aDeadEndpointIsLeftAloneAndFoundOnceItIsBack() {
        known.put("hunter2-alice", user("alice"));
        ServerProcess server = ServerProcess.start(environment());
        TestClient before = enter(server, "hunter2-alice");
        int port = endpoint.actualPort();
        Await.soon(endpoint.close(), "end of the endpoint");
        JsonObject hello = with("hello", "token", "hunter2-alice");
        TestClient alice = clients.connect(server.ports().http());
        for (int i = 0; i < 8; i++) {
            assertEquals("unavailable", alice.ask(hello).getString("code"));
        }
        assertEquals(5, answers(server, "failed"));
        assertEquals(3, answers(server, "open"));

        endpoint = listen(new HttpServerOptions(), port);
        assertEquals("unavailable", alice.ask(hello).getString("code"), "not asked yet");
        Await.until(ALIVE_WITHIN, () -> {
            String answer = alice.ask(hello).getString("type");
            return answer.equals("welcome") ? Optional.empty() : Optional.of(answer);
        });
        enter(server, "hunter2-alice");
        assertEquals(3, answers(server, "allowed"));
        assertEquals(5, answers(server, "failed"));
        assertEquals("pong", before.ask("ping").getString("type"));
        List<String> warnings = warnings(server);
        assertEquals(1, warnings.size(), warnings::toString);
    }

    @Test
    void iceServersOfTheEndpointReplaceTheConfiguredOnes() {
        known.put("hunter2-alice", user("alice").put("expires", in(600)).put("iceServers", OWN_ICE));
        known.put("hunter2-bob", user("bob"));
        known.put("hunter2-eve", user("eve").put("iceServers", new JsonArray()));
        ServerProcess server = ServerProcess.start(environment());
        TestClient alice = enter(server, "hunter2-alice");
        for (JsonObject answer : List.of(alice.welcome(), alice.ask("ice"))) {
            assertEquals(OWN_ICE, answer.getJsonArray("iceServers"), answer::encode);
            int ttl = answer.getInteger("iceTtl");
            assertTrue(ttl > 500 && ttl <= 600, answer.encode());
        }
        assertEquals(
                "[{\"urls\":[\"stun:configured.example.org\"]}]",
                enter(server, "hunter2-bob")
                        .welcome()
                        .getJsonArray("iceServers")
                        .encode());
        JsonObject none = enter(server, "hunter2-eve").welcome();
        assertEquals(new JsonArray(), none.getJsonArray("iceServers"));
        assertFalse(none.containsKey("iceTtl"));
        assertEquals(List.of(), warnings(server));
    }

    @Test
    void aSessionEndsWhenItExpiresUnlessTheEndpointRenewsIt() {
        known.put("hunter2-short", user("alice").put("expires", in(8)));
        known.put("hunter2-long", user("alice").put("expires", in(600)).put("iceServers", OWN_ICE));
        known.put("hunter2-bob", user("bob"));
        known.put("hunter2-over", user("alice").put("expires", in(-1)));
        ServerProcess server = ServerProcess.start(environment());
        TestClient witness = enter(server, "hunter2-short");
        TestClient alice = enter(server, "hunter2-short");
        assertTrue(alice.welcome().getInteger("tokenTtl") <= 8);
        assertRefused(alice, with("renew", "token", "hunter2-no"), "unauthorized", "token: refused: no such user");
        assertRefused(
                alice,
                with("renew", "token", "hunter2-over"),
                "unauthorized",
                "token: expires: over (expected: a time to come)");
        assertRefused(
                alice,
                with("renew", "token", "hunter2-bob"),
                "unauthorized",
                "token: another user's (expected: the same user as before)");
        assertEquals(
                "unavailable",
                alice.ask(with("renew", "token", "hunter2-silent")).getString("code"));
        JsonObject renewed = alice.ask(with("renew", "token", "hunter2-long"));
        assertTrue(renewed.getInteger("tokenTtl") > 500, renewed::encode);
        assertEquals("alice", questions.get(questions.size() - 1).getString("user"), "whose it is, is said");
        assertEquals(OWN_ICE, alice.ask("ice").getJsonArray("iceServers"));
        assertEquals(4001, Await.soon(witness.closed(), "close"));
        assertEquals("pong", alice.ask("ping").getString("type"));
        assertEquals(1, warnings(server).size());
    }

    @Test
    void whoResumesOnAnotherProcessIsAskedAboutAnew() {
        known.put("link", user("link"));
        known.put("hunter2-alice", user("alice"));
        known.put("hunter2-later", user("alice").put("iceServers", OWN_ICE));
        known.put("hunter2-bob", user("bob"));
        try (TestCluster cluster = TestCluster.start(2, environment(), new JsonObject().put("token", "link"))) {
            TestClient alice = enter(cluster.server(0), "hunter2-alice");
            TestClient bob = enter(cluster.server(0), "hunter2-bob");
            alice.join("resumed");
            bob.join("resumed");
            Await.soon(alice.cut(), "cut");
            ServerProcess other = cluster.server(1);
            JsonObject resuming = new JsonObject().put("type", "hello").put("resume", alice.session());

            // Nothing expires here: it is the endpoint that vouches for the user all the same.
            assertRefused(
                    clients.connect(other.ports().http()),
                    resuming.copy().put("token", "hunter2-bob"),
                    "unauthorized",
                    "resume: another user's session (expected: one of the token's user)");
            assertRefused(
                    clients.connect(other.ports().http()),
                    resuming.copy().put("token", "hunter2-no"),
                    "unauthorized",
                    "token: refused: no such user");
            TestClient back = clients.connect(other.ports().http());
            assertEquals(
                    "unavailable",
                    back.ask(resuming.copy().put("token", "hunter2-silent")).getString("code"));
            JsonObject welcome = back.ask(resuming.copy().put("token", "hunter2-later"));
            assertEquals(true, welcome.getBoolean("resumed"), welcome::encode);
            assertEquals(alice.peer(), welcome.getString("peer"));
            assertEquals(OWN_ICE, welcome.getJsonArray("iceServers"));
            bob.settle();
            assertEquals(List.of(), bob.frames("peer-left"));
        }
    }

    @Test
    void anEndpointByHttpsHasToBeOneThatIsTrusted(@TempDir Path directory) throws Exception {
        known.put("hunter2-alice", user("alice"));
        TestCertificate certificate = TestCertificate.valid();
        HttpServer secure = listen(
                new HttpServerOptions()
                        .setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .addCertValue(Buffer.buffer(certificate.certificate()))
                                .addKeyValue(Buffer.buffer(certificate.key()))),
                0);
        Map<String, String> environment = environment();
        environment.put("HELIOGRAPH_AUTH_WEBHOOK_URL", "https://localhost:" + secure.actualPort());
        JsonObject hello = with("hello", "token", "hunter2-alice");
        try (ServerProcess stranger = ServerProcess.start(environment)) {
            assertEquals(
                    "unavailable",
                    clients.connect(stranger.ports().http()).ask(hello).getString("code"));
            assertEquals(List.of(), questions);
        }
        Path trusted = directory.resolve("trusted.p12");
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("authority", certificate.bundle().getRootCertificate());
        try (OutputStream out = Files.newOutputStream(trusted)) {
            store.store(out, "changeit".toCharArray());
        }
        environment.put(
                "JAVA_TOOL_OPTIONS",
                "-Djavax.net.ssl.trustStorePassword=changeit -Djavax.net.ssl.trustStore=" + trusted);
        try (ServerProcess server = ServerProcess.start(environment)) {
            enter(server, "hunter2-alice");
            // It is the name that is trusted.
            environment.put("HELIOGRAPH_AUTH_WEBHOOK_URL", "https://127.0.0.1:" + secure.actualPort());
        }
        try (ServerProcess server = ServerProcess.start(environment)) {
            assertEquals(
                    "unavailable",
                    clients.connect(server.ports().http()).ask(hello).getString("code"));
        }
    }

    @Test
    void anAddressThatIsOverheardIsWarnedOf() {
        String warning = "whoever is on the way may answer instead, and let anybody in ";
        Map<String, String> environment = environment();
        environment.put("HELIOGRAPH_AUTH_WEBHOOK_URL", "http://192.0.2.1/who");
        assertWarned(warning + "auth.webhook.url=http://192.0.2.1/who", environment);
        assertWarned(
                warning + "auth.jwt.jwks=http://192.0.2.1/keys",
                Map.of("HELIOGRAPH_AUTH_MODE", "jwt", "HELIOGRAPH_AUTH_JWT_JWKS", "http://192.0.2.1/keys"));
        environment.put("HELIOGRAPH_AUTH_WEBHOOK_URL", "https://192.0.2.1/who");
        assertEquals(List.of(), warnings(ServerProcess.start(environment)));
    }

    private static void assertWarned(String expected, Map<String, String> environment) {
        List<String> warnings = warnings(ServerProcess.start(environment));
        assertEquals(1, warnings.size(), warnings::toString);
        assertTrue(warnings.get(0).endsWith(expected), warnings::toString);
    }
}
