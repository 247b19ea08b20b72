package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users, and those who are away, may take of a cluster of two processes. */
class BoundsIT {
    private static final String DATA = "x".repeat(60_000);

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    private final TestClients clients = new TestClients();

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(
                2,
                Map.of(
                        "HELIOGRAPH_LIMITS_USER", "2",
                        "HELIOGRAPH_LIMITS_AWAY", "3",
                        "HELIOGRAPH_LIMITS_MAILBOX", "1048576"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @AfterEach
    void close() {
        clients.close();
    }

    @Test
    void aUserHasOnlySoManySessionsWhereverTheyAre() {
        TestClient first = clients.enter(port(0), "alice");
        TestClient second = clients.enter(port(1), "alice");
        for (int process = 0; process < 2; process++) {
            assertEquals("too-many", refused(process));
        }
        clients.enter(port(0), "bob");
        // Who is away is still there.
        Await.soon(first.cut(), "the end of the first");
        assertEquals("too-many", refused(1));
        TestClient resumed = clients.resume(port(1), first.session());
        assertTrue(resumed.welcome().getBoolean("resumed"));
        Await.soon(second.close(), "the end of the second");
        Await.until(Await.SOON, () -> Optional.of(refused(0)).filter(code -> !code.equals("welcome")));
    }

    @Test
    void ofTooManyWhoAreAwayThoseWhoHaveBeenSoLongestAreGivenUp() {
        TestClient watcher = clients.enter(port(1));
        watcher.join("ward");
        List<TestClient> patients = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            TestClient patient = clients.enter(port(0));
            patient.join("ward");
            patients.add(patient);
        }
        double before = givenUp();
        for (TestClient patient : patients) {
            Await.soon(patient.cut(), "an end");
        }
        Await.until(
                Await.SOON,
                () -> Optional.of("given up: " + (givenUp() - before)).filter(text -> !text.equals("given up: 2.0")));
        Await.until(
                Await.SOON,
                () -> Optional.of("left: " + watcher.frames("peer-left").size())
                        .filter(text -> !text.equals("left: 2")));
        assertTrue(watcher.frames("peer-left").stream()
                .allMatch(left -> left.getString("reason").equals("lost")));
        int resumed = 0;
        for (TestClient patient : patients) {
            resumed += clients.resume(port(0), patient.session()).welcome().getBoolean("resumed") ? 1 : 0;
        }
        assertEquals(3, resumed);
    }

    @Test
    void forWhomMostWaitsIsGivenUpWhereItIsTooMuchForAll() {
        TestClient sender = clients.enter(port(1));
        TestClient little = clients.enter(port(0));
        TestClient much = clients.enter(port(0));
        double before = givenUp();
        Await.soon(little.cut(), "an end");
        Await.soon(much.cut(), "an end");
        for (int i = 0; i < 10; i++) {
            askToSend(sender, much);
            if (i < 9) {
                askToSend(sender, little);
            }
        }
        Await.until(
                Await.SOON,
                () -> Optional.of("given up: " + (givenUp() - before)).filter(text -> !text.equals("given up: 1.0")));
        // The sender is told of what was lost.
        JsonObject dropped =
                sender.await("dropped", frame -> frame.getString("to").equals(much.peer()));
        assertEquals(10, dropped.getInteger("count"));
        assertEquals("expired", dropped.getString("reason"));
        assertEquals(false, clients.resume(port(0), much.session()).welcome().getBoolean("resumed"));
        TestClient back = clients.resume(port(0), little.session());
        assertTrue(back.welcome().getBoolean("resumed"));
        Await.until(
                Await.SOON,
                () -> Optional.of("messages: " + back.frames("message").size())
                        .filter(text -> !text.equals("messages: 9")));
    }

    private static void askToSend(TestClient sender, TestClient to) {
        assertEquals("ok", sender.ask(TestClient.message("to", to.peer(), DATA)).getString("type"));
    }

    private String refused(int process) {
        TestClient client = clients.connect(port(process));
        JsonObject answer = client.ask(new JsonObject().put("type", "hello").put("user", "alice"));
        return answer.getString("type").equals("error") ? answer.getString("code") : answer.getString("type");
    }

    private static double givenUp() {
        return cluster.server(0).management().metrics().getOrDefault("heliograph_sessions_given_up_total", -1.0);
    }

    private static int port(int process) {
        return cluster.server(process).ports().http();
    }
}
