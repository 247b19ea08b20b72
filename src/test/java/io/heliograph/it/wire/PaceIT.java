package io.heliograph.it.wire;

import static io.heliograph.it.harness.RawClient.CLOSE;
import static io.heliograph.it.harness.RawClient.CONTINUATION;
import static io.heliograph.it.harness.RawClient.PING;
import static io.heliograph.it.harness.RawClient.PONG;
import static io.heliograph.it.harness.RawClient.TEXT;
import static io.heliograph.it.harness.RawClient.frame;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens to clients that are too fast, too slow or too quiet, and that the others do not suffer. */
class PaceIT {
    private static final int RATE = 20;
    private static final int BURST = 10 * RATE;
    private static final String ROOM = "paced";

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
    void aBurstWithinTheBucketIsNotHeldBackAndOneAboveItIsDelayedAndNotLost() {
        try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_LIMITS_RATE", String.valueOf(RATE)))) {
            TestClient receiver = clients.enter(server.ports().http());
            TestClient sender = clients.enter(server.ports().http());
            int above = 3 * RATE;
            long began = System.nanoTime();
            for (int i = 0; i < BURST + above; i++) {
                sender.send(TestClient.message("to", receiver.peer(), i));
            }
            long within = arrival(receiver, BURST - 2) - began;
            long all = arrival(receiver, BURST + above - 1) - began;
            assertEquals(
                    LongStream.range(0, BURST + above).boxed().toList(),
                    receiver.frames("message").stream()
                            .map(m -> m.getLong("data"))
                            .toList());
            assertTrue(within < 1_500_000_000L, "the burst took " + within / 1_000_000 + " ms");
            // Three seconds' worth above the burst, less the pauses' granularity.
            assertTrue(all > 2_000_000_000L && all < 6_000_000_000L, "all took " + all / 1_000_000 + " ms");
            sender.settle();
        }
    }

    @Test
    void aBurstOfOneIsNotTakenInOneGoWhileOthersWait() {
        try (ServerProcess server = ServerProcess.start(Map.of());
                RawClient storm = RawClient.upgrade(server.ports().http());
                RawClient other = RawClient.upgrade(server.ports().http())) {
            storm.enter();
            String message = TestClient.message("to", other.enter(), 1).encode();
            ByteArrayOutputStream wire = new ByteArrayOutputStream();
            int burst = 10 * 200;
            for (int i = 0; i < burst; i++) {
                wire.writeBytes(frame(TEXT, true, message.getBytes(StandardCharsets.UTF_8)));
            }
            storm.write(wire.toByteArray());
            other.readJson(json -> "message".equals(json.getString("type")));
            other.sendText("{\"type\":\"ping\"}");
            AtomicInteger before = new AtomicInteger(1);
            other.readJson(json -> {
                before.incrementAndGet();
                return "pong".equals(json.getString("type"));
            });
            assertTrue(before.get() < burst * 3 / 4, before + " of " + burst + " frames came before the pong");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whoSendsMoreBytesThanItMayIsDelayedAndNothingIsLost() {
        try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_LIMITS_BYTES", "10000"))) {
            TestClient receiver = clients.enter(server.ports().http());
            TestClient sender = clients.enter(server.ports().http());
            String filling = "x".repeat(10_000);
            long began = System.nanoTime();
            for (int i = 0; i < 13; i++) {
                sender.send(TestClient.message("to", receiver.peer(), filling));
                sender.send(TestClient.message("to", receiver.peer(), i));
            }
            long within = arrival(receiver, 7) - began;
            long all = arrival(receiver, 12) - began;
            assertTrue(within < 1_500_000_000L, "the burst took " + within / 1_000_000 + " ms");
            assertTrue(all > 2_000_000_000L && all < 6_000_000_000L, "all took " + all / 1_000_000 + " ms");
            assertEquals(26, receiver.frames("message").size());
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whoIsHeldBackForTenSecondsOnEndIsClosedWith1008() {
        try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_LIMITS_RATE", String.valueOf(RATE)))) {
            TestClient witness = clients.enter(server.ports().http());
            witness.join(ROOM);
            try (RawClient storm = RawClient.upgrade(server.ports().http())) {
                String peer = storm.enter();
                storm.sendText("{\"type\":\"join\",\"room\":\"" + ROOM + "\"}");
                ByteArrayOutputStream wire = new ByteArrayOutputStream();
                byte[] one = frame(TEXT, true, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));
                for (int i = 0; i < BURST + 20 * RATE; i++) {
                    wire.writeBytes(one);
                }
                long began = System.nanoTime();
                storm.write(wire.toByteArray());
                assertEquals(1008, storm.read(CLOSE).closeCode());
                long seconds = Math.round((System.nanoTime() - began) / 1e9);
                assertTrue(seconds >= 9 && seconds <= 13, "closed after " + seconds + " s");
                assertEquals("kicked", reasonFor(witness, peer));
                assertTrue(storm.readEnd(), "the server ends the connection");
            }
        }
    }

    @Test
    void pingsComeEveryHeartbeatAndWhoAnswersThemStays() {
        try (ServerProcess server = quickServer();
                RawClient client = RawClient.upgrade(server.ports().http())) {
            client.enter();
            client.read(PING);
            long began = System.nanoTime();
            for (int i = 0; i < 3; i++) {
                client.read(PING);
                client.send(PONG, true, new byte[0]);
            }
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis > 2_500 && millis < 4_500, "three heartbeats of 1 s took " + millis + " ms");
        }
    }

    @Test
    void aSilentPeerIsDroppedAfterTwoHeartbeatsAndOthersSeeLost() {
        try (ServerProcess server = quickServer();
                RawClient client = RawClient.upgrade(server.ports().http())) {
            TestClient witness = clients.enter(server.ports().http());
            witness.join(ROOM);
            String peer = client.enter();
            client.sendText("{\"type\":\"join\",\"room\":\"" + ROOM + "\"}");
            long began = System.nanoTime();
            assertTrue(client.readEnd(), "the server ends the connection");
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis > 1_500 && millis < 4_500, "dropped after " + millis + " ms");
            assertEquals("lost", reasonFor(witness, peer));
            assertEquals(1, witness.frames("peer-left").size());
        }
    }

    @Test
    void aFrozenClientIsNotMistakenForAnEndedOneWhileItsFramesStillCome() {
        try (ServerProcess server = quickServer();
                RawClient client = RawClient.upgrade(server.ports().http())) {
            client.enter();
            // Any frame is life: this one never answers a ping.
            for (int i = 0; i < 5; i++) {
                client.read(PING);
                client.sendText("{\"type\":\"ping\",\"id\":\"" + i + "\"}");
                String id = String.valueOf(i);
                client.readJson(pong -> id.equals(pong.getString("re")));
            }
        }
    }

    @Test
    void aSlowReaderIsCutWithBoundedMemoryAndTheOthersAreNotHeldUp() {
        // What is sent would not fit into the memory that the server has.
        try (ServerProcess server = ServerProcess.startUnpaced(Map.of(
                "HELIOGRAPH_SESSION_WINDOW",
                "1",
                "JDK_JAVA_OPTIONS",
                "-Xmx48m -XX:MaxDirectMemorySize=48m -XX:+ExitOnOutOfMemoryError"))) {
            int port = server.ports().http();
            TestClient sender = clients.enter(port);
            TestClient reader = clients.enter(port);
            RawClient slow = RawClient.open(port, 4_096).upgraded("");
            String slowPeer = slow.enter();
            slow.sendText("{\"type\":\"join\",\"room\":\"" + ROOM + "\"}");
            slow.readJson(joined -> "joined".equals(joined.getString("type")));
            sender.join(ROOM);
            reader.join(ROOM);
            String text = "x".repeat(60_000);
            int sent = 0;
            // 120 MB: many times what a connection may hold.
            while (sent < 2_000) {
                for (int i = 0; i < 20; i++) {
                    sender.send(TestClient.message("room", ROOM, text + sent++));
                }
                // Who reads as fast as it is sent is never behind by more than that.
                String last = "x" + (sent - 1);
                reader.await("message", message -> message.getString("data").endsWith(last));
            }
            assertEquals("lost", reasonFor(reader, slowPeer));
            assertEquals(sent, reader.frames("message").size());
            assertEquals(1.0, server.management().metrics().get("heliograph_closes_total{code=\"1013\"}"));
            assertTrue(slow.readEnd(), "the server ends the connection");
            slow.close();
            System.out.println("slow reader: resident memory " + (server.residentBytes() >> 20) + " MiB");
        }
    }

    @Test
    void manySlowReadersDoNotAddUpToMoreThanTheirOutboxes() {
        try (ServerProcess server = ServerProcess.startUnpaced(Map.of("HELIOGRAPH_SESSION_WINDOW", "1"))) {
            int port = server.ports().http();
            TestClient sender = clients.enter(port);
            sender.join(ROOM);
            List<RawClient> slow = IntStream.range(0, 20)
                    .mapToObj(i -> RawClient.open(port, 4_096).upgraded(""))
                    .toList();
            slow.forEach(client -> {
                client.enter();
                client.sendText("{\"type\":\"join\",\"room\":\"" + ROOM + "\"}");
            });
            Await.until(
                    Await.SOON,
                    () -> sender.frames("peer-joined").size() == 20
                            ? Optional.empty()
                            : Optional.of(
                                    "joined: " + sender.frames("peer-joined").size()));
            String text = "x".repeat(60_000);
            for (int i = 0; i < 500 && sender.frames("peer-left").size() < 20; i++) {
                sender.ask(TestClient.message("room", ROOM, text));
            }
            Await.until(
                    Duration.ofSeconds(10),
                    () -> sender.frames("peer-left").size() == 20
                            ? Optional.empty()
                            : Optional.of("left: " + sender.frames("peer-left").size()));
            sender.frames("peer-left").forEach(left -> assertEquals("lost", left.getString("reason")));
            slow.forEach(RawClient::close);
            sender.settle();
        }
    }

    @Test
    void aClientThatFloodsWithoutReadingAnswersIsStoppedToo() {
        try (ServerProcess server = ServerProcess.startUnpaced(Map.of())) {
            int port = server.ports().http();
            TestClient witness = clients.enter(port);
            try (RawClient flood = RawClient.open(port, 4_096).upgraded("")) {
                flood.enter();
                byte[] bad = frame(TEXT, true, "{\"type\":\"?\"}".getBytes(StandardCharsets.UTF_8));
                assertEnds(flood, bad, 10_000);
            }
            witness.settle();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {PING, PONG, CONTINUATION})
    void aFloodOfFramesThatAreNoMessagesIsNotReadOnAndEndsToo(int opcode) {
        try (ServerProcess server = ServerProcess.start(Map.of())) {
            int port = server.ports().http();
            TestClient witness = clients.enter(port);
            try (RawClient flood = RawClient.open(port, 4_096).upgraded("")) {
                flood.enter();
                if (opcode == CONTINUATION) {
                    flood.write(frame(TEXT, false, new byte[0]));
                }
                byte[] empty = frame(opcode, opcode != CONTINUATION, new byte[0]);
                assertEnds(flood, empty, 100_000);
            }
            witness.settle();
            assertEquals(1, server.management().metrics().get("heliograph_closes_total{code=\"1008\"}"));
        }
    }

    /** Writes so many of one frame at once, again and again: more than fits between the two, so that reading has to wait. */
    private static void assertEnds(RawClient flood, byte[] frame, int atOnce) {
        ByteArrayOutputStream many = new ByteArrayOutputStream();
        for (int i = 0; i < atOnce; i++) {
            many.writeBytes(frame);
        }
        try {
            for (int i = 0; i < 1_000; i++) {
                flood.write(many.toByteArray());
            }
        } catch (UncheckedIOException cut) {
            // That is what is wanted, as early as it comes.
        }
        assertTrue(flood.readEnd(), "the server ends the connection");
    }

    private static ServerProcess quickServer() {
        return ServerProcess.start(Map.of("HELIOGRAPH_SESSION_HEARTBEAT", "1000", "HELIOGRAPH_SESSION_WINDOW", "1"));
    }

    private static long arrival(TestClient client, int data) {
        return client.frames()
                .await(
                        Await.SOON,
                        "message " + data,
                        received -> received.type().equals("message")
                                && Objects.equals(received.json().getValue("data"), data))
                .nanos();
    }

    private static String reasonFor(TestClient witness, String peer) {
        JsonObject left = witness.await("peer-left", frame -> peer.equals(frame.getString("peer")));
        return left.getString("reason");
    }
}
