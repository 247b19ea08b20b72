package io.heliograph.it.operation;

import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The command that makes tokens for trying out, and servers that take them. */
class TokenCommandIT {
    private static final Map<String, String> JWT =
            Map.of("HELIOGRAPH_AUTH_MODE", "jwt", "HELIOGRAPH_AUTH_JWT_SECRET", "hunter2-hunter2-hunter2-hunter2-");

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

    private static ServerProcess.Exit run(Map<String, String> environment, String... arguments) {
        return ServerProcess.command(environment, List.of(arguments)).awaitExit();
    }

    private static String token(String... arguments) {
        ServerProcess.Exit exit = run(JWT, arguments);
        assertEquals(0, exit.code(), () -> exit.stderr().toString());
        assertEquals(List.of(), exit.stderr());
        assertEquals(1, exit.stdout().size());
        return exit.stdout().get(0);
    }

    @Test
    void everyNodeTakesATokenAndASessionGoesOnElsewhereWithIt() {
        String token = token("token", "--user", "alice", "--room", "standup", "--for", "10m");
        try (TestCluster cluster =
                TestCluster.start(2, JWT, new JsonObject().put("token", token("token", "--user", "anybody")))) {
            TestClient alice = clients.connect(cluster.ports().get(0));
            assertEquals("alice", alice.ask(with("hello", "token", token)).getString("user"));
            alice.join("standup");
            assertEquals("forbidden", alice.ask(TestClient.joining("retro")).getString("code"));
            Await.soon(alice.cut(), "cut");

            TestClient eve = clients.connect(cluster.ports().get(1));
            String other = token("token", "--user", "eve");
            JsonObject refused =
                    eve.ask(with("hello", "resume", alice.session()).put("token", other));
            assertEquals("unauthorized", refused.getString("code"), refused::encode);
            assertEquals(4001, Await.soon(eve.closed(), "close"));

            TestClient back = clients.connect(cluster.ports().get(1));
            JsonObject welcome =
                    back.ask(with("hello", "resume", alice.session()).put("token", token));
            assertEquals(true, welcome.getBoolean("resumed"), welcome::encode);
            assertEquals(alice.peer(), welcome.getString("peer"));
            assertEquals("forbidden", back.ask(TestClient.joining("retro")).getString("code"));
        }
    }

    @Test
    void aMistakeIsAnsweredWithTheUsage() {
        for (List<String> arguments : List.of(List.of("token"), List.of("tokn"), List.of("token", "--user"))) {
            ServerProcess.Exit exit = run(JWT, arguments.toArray(String[]::new));
            assertEquals(2, exit.code());
            assertEquals(List.of(), exit.stdout());
            assertTrue(exit.stderr().stream().anyMatch(line -> line.startsWith("usage: ")), exit.stderr()::toString);
        }
    }

    @Test
    void whoHasNoSecretIsToldWhichOneIsNeeded() {
        ServerProcess.Exit exit = run(Map.of(), "token", "--user", "alice");
        assertEquals(1, exit.code());
        assertEquals(List.of(), exit.stdout());
        assertTrue(exit.stderr().get(0).contains("auth.jwt.secret: none"), exit.stderr()::toString);
    }

    @Test
    void aKeyThatCannotBeReadStopsTheStartWithOneLine() {
        ServerProcess.Exit exit = ServerProcess.launch(
                        Map.of("HELIOGRAPH_AUTH_MODE", "jwt", "HELIOGRAPH_AUTH_JWT_KEYS", "nowhere.pem"))
                .awaitExit();
        assertEquals(1, exit.code());
        assertEquals(1, exit.stderr().size(), exit.stderr()::toString);
        assertTrue(
                exit.stderr().get(0).endsWith("auth.jwt.keys: nowhere.pem (expected: a file; there is none)"),
                exit.stderr()::toString);
    }

    @Test
    void whoIsOpenToMoreThanThisMachineIsWarned() {
        for (Map.Entry<String, Integer> host :
                Map.of("0.0.0.0", 1, "127.0.0.1", 0, "localhost", 0).entrySet()) {
            try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_HTTP_HOST", host.getKey()))) {
                assertEquals(
                        host.getValue(),
                        server.log()
                                .all(line -> line.contains(" WARN ") && line.contains("auth.mode=open"))
                                .size(),
                        host.getKey());
            }
        }
    }
}
