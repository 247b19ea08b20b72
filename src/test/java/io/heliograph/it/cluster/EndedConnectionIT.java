package io.heliograph.it.cluster;

import static io.heliograph.it.harness.RawClient.CLOSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClient.Received;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the end of a connection to one process means on another one. */
class EndedConnectionIT {
    private static final int WINDOW_SECONDS = 8;
    private static final int RATE = 100;
    private static final int BURST = 10 * RATE;
    private static final String ROOM = "ended";
    private static final String LONG_TEXT = "x".repeat(60_000);

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(
                2,
                Map.of(
                        "HELIOGRAPH_SESSION_WINDOW",
                        String.valueOf(WINDOW_SECONDS),
                        "HELIOGRAPH_LIMITS_RATE",
                        String.valueOf(RATE)));
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
    void whatWaitedForWhoDoesNotComeBackInTimeIsToldToItsSender() {
        TestClient gone = clients.enter(cluster.ports().get(0));
        TestClient sender = clients.enter(cluster.ports().get(1));
        Stream.of(gone, sender).forEach(client -> client.join(ROOM));
        double broken = closes(1006);
        long cut = System.nanoTime();
        Await.soon(gone.cut(), "end of the connection");
        Await.until(Await.SOON, () -> closes(1006) > broken ? Optional.empty() : Optional.of("not seen to break"));
        for (JsonObject message : List.of(
                TestClient.message("to", gone.peer(), 1),
                TestClient.message("room", ROOM, 2),
                TestClient.message("to", gone.peer(), 3),
                TestClient.message("to", gone.peer(), 4))) {
            assertEquals("ok", sender.ask(message).getString("type"));
        }
        Set<JsonObject> expected = Set.of(
                dropped(3, "expired").put("to", gone.peer()),
                dropped(1, "expired").put("room", ROOM));
        for (JsonObject dropped : expected) {
            sender.await("dropped", dropped::equals);
        }
        Received first =
                sender.frames().all(frame -> frame.type().equals("dropped")).get(0);
        long millis = (first.nanos() - cut) / 1_000_000;
        assertTrue(millis >= WINDOW_SECONDS * 1_000, "told after " + millis + " ms");
        JsonObject left = sender.await("peer-left", frame -> true);
        assertEquals("lost", left.getString("reason"));
        assertEquals(
                "peer-unreachable",
                sender.ask(TestClient.message("to", gone.peer(), 5)).getString("code"));
        assertEquals(expected.size(), sender.frames("dropped").size());
        assertNew(gone.peer(), gone.session());
    }

    @Test
    void whoReadsTooSlowlyGoesOnElsewhere() {
        TestClient sender = clients.enter(cluster.ports().get(1));
        sender.join(ROOM);
        try (RawClient slow = RawClient.open(cluster.ports().get(0), 4_096).upgraded("")) {
            JsonObject welcome = enter(slow);
            String peer = welcome.getString("peer");
            double closed = closes(1013);
            int sent = 0;
            while (closes(1013) == closed) {
                assertTrue(sent < BURST / 2, "still open after " + sent + " messages");
                sent = send(sender, peer, sent, 10);
            }
            sent = send(sender, peer, sent, 3);

            TestClient back = clients.resume(cluster.ports().get(1), welcome.getString("session"));
            assertEquals(
                    true, back.welcome().getBoolean("resumed"), back.welcome().encode());
            assertEquals(peer, back.peer());
            JsonObject room = back.welcome().getJsonArray("rooms").getJsonObject(0);
            assertEquals(ROOM, room.getString("room"));
            assertEquals(
                    new JsonArray()
                            .add(new JsonObject().put("peer", sender.peer()).put("order", 1)),
                    room.getJsonArray("peers"));
            sent = send(sender, peer, sent, 1);
            String last = LONG_TEXT + sent;
            back.await("message", message -> last.equals(message.getString("data")));
            // What waited at the connection is lost, what came later was kept.
            int kept = back.frames("message").size();
            assertTrue(kept >= 4 && kept <= 14, kept + " messages");
            assertEquals(
                    IntStream.rangeClosed(sent - kept + 1, sent)
                            .mapToObj(number -> LONG_TEXT + number)
                            .toList(),
                    back.frames("message").stream()
                            .map(message -> message.getString("data"))
                            .toList());
            assertEquals(
                    "ok", back.ask(TestClient.message("room", ROOM, "again")).getString("type"));
            sender.await("message", message -> peer.equals(message.getString("from")));
            assertEquals(List.of(), sender.frames("peer-left"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void whatComesTooLateOverTheConnectionBeforeIsTold(int process) {
        TestClient witness = clients.enter(cluster.ports().get(1));
        witness.join(ROOM);
        try (RawClient before = RawClient.upgrade(cluster.ports().get(0))) {
            JsonObject welcome = enter(before);
            TestClient back = clients.resume(cluster.ports().get(process), welcome.getString("session"));
            assertEquals(welcome.getString("peer"), back.peer());
            assertEquals(4003, before.read(CLOSE).closeCode());
            before.sendText(TestClient.message("room", ROOM, "late").encode());
            before.sendText(TestClient.message("to", witness.peer(), "late").encode());
            before.sendText(TestClient.message("room", ROOM, "late").encode());
            back.await("dropped", dropped(2, "node-lost").put("room", ROOM)::equals);
            back.await("dropped", dropped(1, "node-lost").put("to", witness.peer())::equals);
            assertEquals(List.of(), witness.frames("message"));
        }
    }

    @Test
    void whoSendsTooFastHasNothingToGoOnWithElsewhere() {
        TestClient witness = clients.enter(cluster.ports().get(1));
        witness.join(ROOM);
        try (RawClient storm = RawClient.upgrade(cluster.ports().get(0))) {
            JsonObject welcome = enter(storm);
            String peer = welcome.getString("peer");
            witness.await("peer-joined", joined -> peer.equals(joined.getString("peer")));
            for (int i = 0; i < BURST + 20 * RATE; i++) {
                storm.sendText("{\"type\":\"ping\"}");
            }
            assertEquals(1008, storm.read(CLOSE).closeCode());
            JsonObject left = witness.await("peer-left", frame -> peer.equals(frame.getString("peer")));
            assertEquals("kicked", left.getString("reason"));
            assertNew(peer, welcome.getString("session"));
            assertEquals(
                    "peer-unreachable",
                    witness.ask(TestClient.message("to", peer, 1)).getString("code"));
        }
    }

    /** Sends long messages, whose numbers follow that of the last one, and answers the number of the last one now. */
    private static int send(TestClient sender, String peer, int last, int count) {
        for (int number = last + 1; number <= last + count; number++) {
            JsonObject message = TestClient.message("to", peer, LONG_TEXT + number);
            assertEquals("ok", sender.ask(message).getString("type"));
        }
        return last + count;
    }

    /** Begins a session in the room and answers its {@code welcome}. */
    private static JsonObject enter(RawClient client) {
        client.sendText("{\"type\":\"hello\"}");
        JsonObject welcome = client.readJson(frame -> true);
        client.sendText(TestClient.joining(ROOM).encode());
        client.readJson(frame -> "joined".equals(frame.getString("type")));
        return welcome;
    }

    /** Fails unless the session is over, for a process as well that never had it. */
    private void assertNew(String peer, String session) {
        TestClient late = clients.resume(cluster.ports().get(1), session);
        assertEquals(false, late.welcome().getBoolean("resumed"));
        assertNotEquals(peer, late.peer());
    }

    private static JsonObject dropped(int count, String reason) {
        return new JsonObject().put("type", "dropped").put("count", count).put("reason", reason);
    }

    private static double closes(int code) {
        return cluster.server(0).management().closes(code);
    }
}
