package io.heliograph.it.wire;

import static io.heliograph.it.harness.RawClient.BINARY;
import static io.heliograph.it.harness.RawClient.CLOSE;
import static io.heliograph.it.harness.RawClient.CONTINUATION;
import static io.heliograph.it.harness.RawClient.PING;
import static io.heliograph.it.harness.RawClient.PONG;
import static io.heliograph.it.harness.RawClient.TEXT;
import static io.heliograph.it.harness.RawClient.frame;
import static io.heliograph.it.harness.RawClient.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to break RFC 6455 or the protocol's rules for frames, and every way to go: the close code and what others see. */
class CloseCodesIT {
    private static final int LIMIT = 65_536;
    private static final String ROOM = "witnessed";

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;

    /** Where nobody is waited for longer than a second. */
    @SuppressWarnings("NullAway.Init")
    private static ServerProcess impatient;

    @SuppressWarnings("NullAway.Init")
    private static TestClients clients;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(Map.of());
        impatient = ServerProcess.start(Map.of("HELIOGRAPH_SESSION_WINDOW", "1"));
        clients = new TestClients();
    }

    @AfterAll
    static void stop() {
        clients.close();
        server.close();
        impatient.close();
    }

    static Stream<Arguments> violations() {
        byte[] ping = "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8);
        byte[] half = text(LIMIT / 2 + 1);
        return Stream.of(
                Arguments.of("a frame over the limit", 1009, frame(TEXT, true, text(LIMIT + 1))),
                Arguments.of("a frame of 10 MB, announced only", 1009, header(TEXT, true, 10_000_000)),
                Arguments.of("a frame of 2^62 bytes, announced only", 1009, header(TEXT, true, 1L << 62)),
                Arguments.of("a binary frame over the limit", 1009, frame(BINARY, true, text(LIMIT + 1))),
                Arguments.of(
                        "fragments over the limit together",
                        1009,
                        all(frame(TEXT, false, half), frame(CONTINUATION, true, half))),
                Arguments.of(
                        "fragments that never end",
                        1009,
                        all(
                                frame(TEXT, false, half),
                                frame(CONTINUATION, false, half),
                                frame(CONTINUATION, false, half))),
                Arguments.of(
                        "fragments over the limit together with a ping between",
                        1009,
                        all(frame(TEXT, false, half), frame(PING, true, ping), frame(CONTINUATION, true, half))),
                Arguments.of("an invalid byte", 1007, frame(TEXT, true, bytes('"', 0xff, '"'))),
                Arguments.of("an overlong encoding", 1007, frame(TEXT, true, bytes('"', 0xc0, 0xaf, '"'))),
                Arguments.of("an encoded surrogate", 1007, frame(TEXT, true, bytes('"', 0xed, 0xa0, 0x80, '"'))),
                Arguments.of("a character cut short at the end", 1007, frame(TEXT, true, bytes('"', 0xe2, 0x82))),
                Arguments.of(
                        "an invalid byte in a later fragment",
                        1007,
                        all(frame(TEXT, false, ping), frame(CONTINUATION, true, bytes(0xfe)))),
                Arguments.of(
                        "a character that the last fragment does not end",
                        1007,
                        all(frame(TEXT, false, bytes(0xe2)), frame(CONTINUATION, true, bytes(0x82)))),
                Arguments.of(
                        "an invalid byte after a ping between fragments",
                        1007,
                        all(frame(TEXT, false, ping), frame(PING, true, ping), frame(CONTINUATION, true, bytes(0x80)))),
                Arguments.of("a binary frame", 1003, frame(BINARY, true, ping)),
                Arguments.of("an empty binary frame", 1003, frame(BINARY, true, bytes())),
                Arguments.of(
                        "a binary frame in fragments",
                        1003,
                        all(frame(BINARY, false, ping), frame(CONTINUATION, true, ping))),
                Arguments.of(
                        "a binary frame in fragments with a ping between",
                        1003,
                        all(frame(BINARY, false, ping), frame(PING, true, ping), frame(CONTINUATION, true, ping))),
                Arguments.of("an unmasked frame", 1002, bytes(0x81, 2, '{', '}')),
                Arguments.of("a reserved bit", 1002, flagged(0x40, frame(TEXT, true, ping))),
                Arguments.of("another reserved bit", 1002, flagged(0x10, frame(TEXT, true, ping))),
                Arguments.of("a reserved kind of data", 1002, frame(0x3, true, ping)),
                Arguments.of("a reserved kind of control", 1002, frame(0xB, true, ping)),
                Arguments.of("a ping in fragments", 1002, frame(PING, false, ping)),
                Arguments.of("a ping of 126 bytes", 1002, frame(PING, true, text(126))),
                Arguments.of("a continuation of nothing", 1002, frame(CONTINUATION, true, ping)),
                Arguments.of(
                        "a text amid the fragments of another",
                        1002,
                        all(frame(TEXT, false, ping), frame(TEXT, true, ping))));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("violations")
    void aViolationIsAnsweredWithItsCodeAndOthersSeeKicked(String what, int code, byte[] wire) {
        TestClient witness = witness(server);
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            String peer = client.enter();
            client.sendText("{\"type\":\"join\",\"room\":\"" + ROOM + "\"}");
            witness.await("peer-joined", joined -> peer.equals(joined.getString("peer")));
            client.write(wire);
            assertEquals(code, client.read(CLOSE).closeCode(), what);
            assertEquals("kicked", reasonFor(witness, peer));
        }
        leaveNobody(witness);
    }

    @Test
    void violationsBeforeHelloAreAnsweredAlikeAndEveryConnectionEnds() {
        List<RawClient> closed = new ArrayList<>();
        violations().forEach(violation -> {
            RawClient client = RawClient.upgrade(server.ports().http());
            client.write((byte[]) violation.get()[2]);
            assertEquals(
                    violation.get()[1],
                    client.read(CLOSE).closeCode(),
                    String.valueOf(violation.get()[0]));
            client.send(CLOSE, true, status(1000));
            closed.add(client);
        });
        for (RawClient client : closed) {
            assertTrue(client.readEnd(), "the server ends the connection");
            client.close();
        }
    }

    @Test
    void whoGoesOnAfterAViolationIsNotReadOn() {
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            client.write("\u0081\u0002{}".getBytes(StandardCharsets.ISO_8859_1));
            byte[] more = new byte[1 << 16];
            long taken = 0;
            boolean open = true;
            while (open) {
                try {
                    client.write(more);
                    taken += more.length;
                } catch (UncheckedIOException cut) {
                    open = false;
                }
                assertTrue(taken < 32 << 20, "still read");
            }
        }
    }

    @Test
    void theCloseHandshakeIsCompletedWhereTheFramesCanStillBeTold() {
        byte[] half = text(LIMIT / 2 + 1);
        for (byte[] wire : List.of(
                frame(BINARY, true, half),
                frame(TEXT, true, bytes(0xff)),
                all(frame(TEXT, false, half), frame(CONTINUATION, true, half)))) {
            try (RawClient client = RawClient.upgrade(server.ports().http())) {
                client.write(wire);
                int code = client.read(CLOSE).closeCode();
                client.send(CLOSE, true, status(code));
                long began = System.nanoTime();
                assertTrue(client.readEnd(), "the server ends the connection");
                long millis = (System.nanoTime() - began) / 1_000_000;
                assertTrue(millis < 1_500, code + " after " + millis + " ms");
            }
        }
    }

    @Test
    void theServerDoesNotWaitLongForTheOtherHalfOfTheCloseHandshake() {
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            client.send(BINARY, true, bytes());
            assertEquals(1003, client.read(CLOSE).closeCode());
            long began = System.nanoTime();
            assertTrue(client.readEnd(), "the server ends the connection");
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 5_000, "after " + millis + " ms");
        }
    }

    static Stream<Arguments> departures() {
        return Stream.of(
                Arguments.of("1000", frame(CLOSE, true, status(1000)), 1000, "left"),
                Arguments.of("1001", frame(CLOSE, true, status(1001)), 1001, "left"),
                Arguments.of("no code", frame(CLOSE, true, bytes()), 1000, "left"),
                Arguments.of("a code of its own", frame(CLOSE, true, status(4999)), 4999, "lost"));
    }

    @ParameterizedTest(name = "closing with {0}: {3}")
    @MethodSource("departures")
    void aClientThatClosesIsAnsweredAndOthersSeeWhy(String what, byte[] wire, int echo, String reason) {
        // Whoever leaves in good order is gone before the window of the first server is over.
        ServerProcess server = reason.equals("lost") ? impatient : CloseCodesIT.server;
        TestClient witness = witness(server);
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            String peer = client.enter();
            client.sendText("{\"type\":\"join\",\"room\":\"" + ROOM + "\"}");
            witness.await("peer-joined", joined -> peer.equals(joined.getString("peer")));
            client.write(wire);
            assertEquals(echo, client.read(CLOSE).closeCode(), what);
            assertTrue(client.readEnd(), "the server ends the connection");
            assertEquals(reason, reasonFor(witness, peer));
        }
        leaveNobody(witness);
    }

    @Test
    void aBrokenConnectionIsSeenAsLostAtTheEndOfTheWindow() {
        TestClient witness = witness(impatient);
        RawClient client = RawClient.upgrade(impatient.ports().http());
        String peer = client.enter();
        client.sendText("{\"type\":\"join\",\"room\":\"" + ROOM + "\"}");
        witness.await("peer-joined", joined -> peer.equals(joined.getString("peer")));
        client.close();
        assertEquals("lost", reasonFor(witness, peer));
        leaveNobody(witness);
    }

    @Test
    void aFrameAtTheLimitPassesWholeAndInFragments() {
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            client.enter();
            String head = "{\"type\":\"ping\",\"id\":\"whole\",\"x\":\"";
            byte[] whole = (head + "a".repeat(LIMIT - head.length() - 2) + "\"}").getBytes(StandardCharsets.UTF_8);
            assertEquals(LIMIT, whole.length);
            client.send(TEXT, true, whole);
            client.readJson(pong -> "whole".equals(pong.getString("re")));
            client.send(
                    TEXT,
                    false,
                    ByteBuffer.allocate(40_000).put(whole, 0, 40_000).array());
            client.send(PING, true, "between".getBytes(StandardCharsets.UTF_8));
            assertEquals("between", client.read(PONG).text());
            client.send(CONTINUATION, false, bytes());
            client.send(
                    CONTINUATION,
                    true,
                    ByteBuffer.allocate(LIMIT - 40_000)
                            .put(whole, 40_000, LIMIT - 40_000)
                            .array());
            client.readJson(pong -> "whole".equals(pong.getString("re")));
        }
    }

    @Test
    void aCharacterMayLieAcrossFragments() {
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            client.enter();
            byte[] frame = "{\"type\":\"ping\",\"id\":\"\u20ac\ud83d\ude00\"}".getBytes(StandardCharsets.UTF_8);
            for (int i = 0; i < frame.length; i++) {
                client.send(i == 0 ? TEXT : CONTINUATION, i == frame.length - 1, bytes(frame[i]));
            }
            client.readJson(pong -> "\u20ac\ud83d\ude00".equals(pong.getString("re")));
        }
    }

    @Test
    void whoSaysNoHelloIsClosedWith1008() {
        long began = System.nanoTime();
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            // Neither a ping nor a frame refused is a hello.
            client.send(PING, true, bytes());
            client.sendText("{\"type\":\"ping\",\"id\":\"early\"}");
            assertEquals("hello-first", client.readJson(error -> true).getString("code"));
            assertEquals(1008, client.read(CLOSE).closeCode());
            client.send(CLOSE, true, status(1008));
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis >= 4_900 && millis < 8_000, "after " + millis + " ms");
            assertTrue(client.readEnd(), "the server ends the connection");
        }
    }

    private static TestClient witness(ServerProcess server) {
        TestClient witness = clients.enter(server.ports().http());
        witness.join(ROOM);
        return witness;
    }

    private static String reasonFor(TestClient witness, String peer) {
        return witness.await("peer-left", left -> peer.equals(left.getString("peer")))
                .getString("reason");
    }

    /** The witness is alone again, and saw the other leave once. */
    private static void leaveNobody(TestClient witness) {
        witness.settle();
        assertEquals(1, witness.frames("peer-left").size());
        witness.close();
    }

    private static byte[] text(int length) {
        return "x".repeat(length).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] status(int code) {
        return bytes(code >> 8, code & 0xff);
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    private static byte[] all(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] flagged(int bits, byte[] frame) {
        byte[] flagged = frame.clone();
        flagged[0] |= (byte) bits;
        return flagged;
    }
}
