package io.heliograph.it.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The ICE servers that clients of a real server are given. */
class IceIT {
    private static final JsonObject STUN = new JsonObject().put("urls", new JsonArray().add("stun:stun.example.org"));

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeEach
    void open() {
        clients = new TestClients();
    }

    @AfterEach
    void close() {
        clients.close();
    }

    @Test
    void aServerThatKnowsOfNoneGivesNone() {
        try (ServerProcess server = ServerProcess.start(Map.of())) {
            JsonObject welcome = welcome(server, new JsonObject());
            assertEquals(new JsonArray(), welcome.getJsonArray("iceServers"));
            assertFalse(welcome.containsKey("iceTtl"));
        }
    }

    @Test
    void everyAnswerBringsFreshCredentialsAndTheLogNone() throws GeneralSecurityException {
        ServerProcess server = ServerProcess.start(Map.of(
                "HELIOGRAPH_INSTANCES", "2",
                "HELIOGRAPH_LOG_LEVEL", "debug",
                "HELIOGRAPH_ICE_STUN_URLS", "stun:stun.example.org",
                "HELIOGRAPH_ICE_TURN_URLS", "turn:turn.example.org,turns:turn.example.org?transport=tcp",
                "HELIOGRAPH_ICE_TURN_SECRET", "0ldS3cret,n3wS3cret",
                "HELIOGRAPH_ICE_TURN_TTL", "600"));
        long before = Instant.now().getEpochSecond();
        TestClient client = clients.connect(server.ports().http());
        JsonObject refused = client.ask("ice");
        assertEquals("hello-first", refused.getString("code"));
        JsonObject welcome = client.ask(new JsonObject().put("type", "hello").put("user", "alice"));
        JsonObject renewed = client.ask("ice");
        assertEquals("ice-servers", renewed.getString("type"));
        for (JsonObject answer : List.of(welcome, renewed)) {
            JsonArray servers = answer.getJsonArray("iceServers");
            assertEquals(600, answer.getInteger("iceTtl"));
            assertEquals(3, servers.size());
            assertEquals(STUN, servers.getJsonObject(0));
            assertGood(servers.getJsonObject(1), "0ldS3cret", before + 600);
            assertGood(servers.getJsonObject(2), "n3wS3cret", before + 600);
        }
        JsonObject nameless = welcome(server, new JsonObject());
        assertTrue(
                nameless.getJsonArray("iceServers")
                        .getJsonObject(1)
                        .getString("username")
                        .endsWith(":" + nameless.getString("peer")),
                nameless.toString());
        Await.soon(client.send("{\"type\":\"ice\"}"), "written");
        assertFalse(
                client.await("ice-servers", answer -> !answer.containsKey("re")).containsKey("re"));

        server.terminate();
        ServerProcess.Exit exit = server.awaitExit();
        List<String> hidden = Stream.concat(
                        Stream.of("0ldS3cret", "n3wS3cret"),
                        Stream.of(1, 2)
                                .map(index -> welcome.getJsonArray("iceServers").getJsonObject(index))
                                .map(entry -> entry.getString("credential")))
                .toList();
        for (String line :
                Stream.concat(exit.stdout().stream(), exit.stderr().stream()).toList()) {
            assertTrue(hidden.stream().noneMatch(line::contains), line);
        }
    }

    private JsonObject welcome(ServerProcess server, JsonObject fields) {
        return clients.connect(server.ports().http()).ask(fields.put("type", "hello"));
    }

    /** Computed once more, from the draft and not from the server's code. */
    private static void assertGood(JsonObject entry, String secret, long expiry) throws GeneralSecurityException {
        assertEquals(
                List.of("turn:turn.example.org", "turns:turn.example.org?transport=tcp"),
                entry.getJsonArray("urls").getList());
        String username = entry.getString("username");
        String[] parts = username.split(":", 2);
        assertEquals("alice", parts[1]);
        long late = Long.parseLong(parts[0]) - expiry;
        assertTrue(late >= 0 && late < 60, username);
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.US_ASCII), "HmacSHA1"));
        assertEquals(
                Base64.getEncoder().encodeToString(mac.doFinal(username.getBytes(StandardCharsets.US_ASCII))),
                entry.getString("credential"));
    }
}
