package io.heliograph.it.wire;

import static io.heliograph.it.harness.RawClient.CLOSE;
import static io.heliograph.it.harness.RawClient.PING;
import static io.heliograph.it.harness.RawClient.PONG;
import static io.heliograph.it.harness.RawClient.TEXT;
import static io.heliograph.it.harness.RawClient.frame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.RawClient.Frame;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of those who read slowly or not at all, and of the memory that waits for them. */
class SlowReaderIT {
    private static final int OUTBOX_BYTES = 4 << 20;
    private static final int SLACK_BYTES = 2_000_000;
    /** After 2 s, and TLS must not make 5 of them. */
    private static final Duration CUT_WITHIN = Duration.ofMillis(3_500);

    private static final Duration GIVEN_BACK_WITHIN = Duration.ofSeconds(5);

    @ParameterizedTest
    @ValueSource(strings = {"off", "self-signed"})
    void aReaderThatStopsIsToldAndCutAndItsMemoryIsBoundedAndGivenBack(String tls) {
        try (ServerProcess server = ServerProcess.startUnpaced(Map.of("HELIOGRAPH_HTTP_TLS", tls));
                RawClient sender = connect(server, tls)) {
            sender.enter();
            long atFirst = server.liveHeapBytes();
            try (RawClient pausing = connect(server, tls)) {
                fill(server, sender, pausing);
                Frame close = pausing.read(CLOSE);
                assertEquals(1013, close.closeCode());
                pausing.send(CLOSE, true, close.payload().getBytes());
                assertTrue(pausing.readEnd(), "the server ends the connection");
            }
            awaitBelow(atFirst + SLACK_BYTES, server, sender, "after its end");
            long before = server.liveHeapBytes();
            try (RawClient stopped = connect(server, tls)) {
                fill(server, sender, stopped);
                awaitBelow(before + SLACK_BYTES, server, sender, "when it is closed");
                // It reads nothing, so it cannot answer the close frame.
                Await.until(CUT_WITHIN, () -> webSockets(server, 1));
                awaitBelow(before + SLACK_BYTES, server, sender, "when it is cut");
            }
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void aFrameThatCannotBeSentForThirtySecondsEndsTheConnection() {
        try (ServerProcess plain = ServerProcess.startUnpaced(Map.of());
                ServerProcess encrypted = ServerProcess.startUnpaced(Map.of("HELIOGRAPH_HTTP_TLS", "self-signed"))) {
            List<RawClient> readers = new ArrayList<>();
            long began = System.nanoTime();
            for (ServerProcess server : List.of(plain, encrypted)) {
                String tls = server == plain ? "off" : "self-signed";
                RawClient reader = connect(server, tls);
                readers.add(reader);
                String peer = reader.enter();
                try (RawClient sender = connect(server, tls)) {
                    sender.enter();
                    // More than the system takes, less than the outbox does.
                    send(sender, peer, 2_000, 1_000);
                }
            }
            for (ServerProcess server : List.of(plain, encrypted)) {
                Await.until(
                        Duration.ofSeconds(30),
                        () -> outboxAge(server) > 20
                                ? Optional.empty()
                                : Optional.of("oldest in the outbox: " + outboxAge(server) + " s"));
                double passed = (System.nanoTime() - began) / 1e9;
                assertTrue(outboxAge(server) <= passed + 1, "after " + passed + " s: " + outboxAge(server));
            }
            Await.until(
                    Duration.ofSeconds(40),
                    () -> Stream.of(plain, encrypted)
                            .filter(server -> slow(server) == 0)
                            .map(server -> "open: " + server.ports())
                            .findFirst());
            long seconds = (System.nanoTime() - began) / 1_000_000_000L;
            assertTrue(seconds >= 30, "after " + seconds + " s");
            for (RawClient reader : readers) {
                assertTrue(reader.readEnd(), "the server ends the connection");
                reader.close();
            }
            for (ServerProcess server : List.of(plain, encrypted)) {
                Await.until(
                        GIVEN_BACK_WITHIN,
                        () -> outboxAge(server) == 0
                                ? Optional.empty()
                                : Optional.of("oldest in the outbox: " + outboxAge(server) + " s"));
            }
        }
    }

    @Test
    void aReaderThatIsSlowButSteadyLosesNothing() {
        try (ServerProcess server = ServerProcess.startUnpaced(Map.of());
                RawClient sender = connect(server, "off");
                RawClient reader = connect(server, "off")) {
            sender.enter();
            String peer = reader.enter();
            int ahead = 1_500;
            int frames = 6_000;
            int read = 0;
            // What waits is beyond what the system takes all the time, and four times the outbox goes through it.
            for (int sent = 0; sent < frames; sent += 10) {
                for (int i = sent; i < sent + 10; i++) {
                    sender.sendText(TestClient.message("to", peer, i + "x".repeat(2_000))
                            .encode());
                }
                settle(sender);
                for (; read < sent - ahead; read++) {
                    assertNumber(read, reader);
                }
            }
            for (; read < frames; read++) {
                assertNumber(read, reader);
            }
            assertEquals(0, slow(server));
        }
    }

    @Test
    void pingsWhoseAnswersAreNotReadTakeNoMemory() {
        try (ServerProcess server = ServerProcess.startUnpaced(Map.of());
                RawClient client = connect(server, "off")) {
            client.enter();
            ByteArrayOutputStream pings = new ByteArrayOutputStream();
            for (int i = 0; i < 2_000; i++) {
                pings.writeBytes(frame(PING, true, "x".repeat(120).getBytes(StandardCharsets.UTF_8)));
            }
            long before = server.liveHeapBytes();
            for (int i = 0; i < 50; i++) {
                client.write(pings.toByteArray());
            }
            byte[] last = "last".getBytes(StandardCharsets.UTF_8);
            client.send(PING, true, last);
            settled(server);
            assertBelow(before + SLACK_BYTES, server.liveHeapBytes(), "after 100,000 pings");
            Frame pong = client.read(PONG);
            while (!pong.text().equals("last")) {
                pong = client.read(PONG);
            }
        }
    }

    /** Sends to {@code reader}, which does not read, until its connection is closed; small frames, which weigh most. */
    private static void fill(ServerProcess server, RawClient sender, RawClient reader) {
        String peer = reader.enter();
        double closed = slow(server);
        long before = server.liveHeapBytes();
        long most = before;
        for (int sent = 0; slow(server) == closed; sent += 2_000) {
            assertTrue(sent < 100_000, "still open after " + sent + " frames");
            most = Math.max(most, server.liveHeapBytes());
            send(sender, peer, 2_000, 100);
        }
        assertBelow(before + OUTBOX_BYTES + SLACK_BYTES, most, "while it is full");
        assertTrue(most > before + OUTBOX_BYTES / 2, "it was never full");
    }

    private static void send(RawClient sender, String peer, int count, int bytes) {
        byte[] one = frame(
                TEXT,
                true,
                TestClient.message("to", peer, "x".repeat(bytes)).encode().getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            all.writeBytes(one);
        }
        sender.write(all.toByteArray());
        settle(sender);
    }

    /** Returns when the server has taken all that was sent before. */
    private static void settle(RawClient client) {
        client.sendText("{\"type\":\"ping\",\"id\":\"settled\"}");
        client.readJson(pong -> "settled".equals(pong.getString("re")));
    }

    private static void settled(ServerProcess server) {
        try (RawClient witness = connect(server, "off")) {
            witness.enter();
        }
    }

    private static void assertNumber(int expected, RawClient reader) {
        JsonObject message = reader.readJson(json -> "message".equals(json.getString("type")));
        String data = message.getString("data");
        assertEquals(String.valueOf(expected), data.substring(0, data.indexOf('x')));
    }

    private static void assertBelow(long most, long bytes, String when) {
        assertEquals(Optional.empty(), above(most, bytes, when));
    }

    /** What an event loop did last it may hold until it does something else. */
    private static void awaitBelow(long most, ServerProcess server, RawClient sender, String when) {
        Await.until(GIVEN_BACK_WITHIN, () -> {
            settle(sender);
            return above(most, server.liveHeapBytes(), when);
        });
    }

    private static Optional<String> above(long most, long bytes, String when) {
        return bytes < most
                ? Optional.empty()
                : Optional.of("live heap " + when + ": " + bytes + " bytes (expected: < " + most + ")");
    }

    private static RawClient connect(ServerProcess server, String tls) {
        int port = server.ports().http();
        return (tls.equals("off") ? RawClient.open(port) : RawClient.openTls(port)).upgraded("");
    }

    private static double slow(ServerProcess server) {
        return server.management().closes(1013);
    }

    private static double outboxAge(ServerProcess server) {
        return server.management().metrics().getOrDefault("heliograph_outbox_age_seconds", -1.0);
    }

    private static Optional<String> webSockets(ServerProcess server, int expected) {
        String line = "vertx_http_server_active_ws_connections " + expected + ".0";
        return server.management().get("/metrics").body().lines().anyMatch(line::equals)
                ? Optional.empty()
                : Optional.of("not: " + line);
    }
}
