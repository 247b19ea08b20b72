package io.heliograph.dialect.v1;

import static io.heliograph.dialect.v1.Frames.encode;
import static io.heliograph.dialect.v1.Frames.understood;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.dialect.CloseFrame;
import io.heliograph.protocol.CloseReason;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The frames that the protocol's page quotes are those that the server reads and writes. */
class DocumentedFramesTest {
    private static final Path PAGE = Path.of("src/docs/protocol.md");
    private static final String FROM_CLIENT = "\u2192 ";
    private static final Set<String> FROM_SERVER = Set.of("\u2190 ", "\u21d0 ");

    static List<String> servedFromClients() throws IOException {
        return frames("```frames", Set.of(FROM_CLIENT));
    }

    static List<String> servedFromTheServer() throws IOException {
        return frames("```frames", FROM_SERVER);
    }

    @ParameterizedTest
    @MethodSource("servedFromClients")
    void aFrameQuotedFromAClientIsUnderstood(String frame) {
        understood(frame);
    }

    @ParameterizedTest
    @MethodSource("servedFromTheServer")
    void aFrameQuotedFromTheServerIsWhatItWrites(String frame) {
        assertEquals(frame, encode(ServerFrames.read(new JsonObject(frame), frame)));
    }

    @Test
    void theCloseFrameQuotedIsReadAndWritten() throws IOException {
        List<String> fromClients = frames("```frames sockjs", Set.of(FROM_CLIENT));
        assertEquals(1, fromClients.size());
        assertEquals(
                OptionalInt.of(CloseReason.NORMAL.code()),
                CloseFrame.read(fromClients.get(0).getBytes(StandardCharsets.UTF_8)));
        String restart = new String(CloseFrame.write(CloseReason.RESTART), StandardCharsets.UTF_8);
        assertEquals(List.of(restart), frames("```frames sockjs", FROM_SERVER));
    }

    @Test
    void everyTypeIsQuoted() throws IOException {
        assertEquals(
                Set.of(
                        "hello",
                        "join",
                        "update",
                        "leave",
                        "offer",
                        "message",
                        "candidate",
                        "subscribe",
                        "unsubscribe",
                        "watch",
                        "unwatch",
                        "call",
                        "accept",
                        "reject",
                        "hangup",
                        "renew",
                        "ping",
                        "ice"),
                types(servedFromClients()));
        assertEquals(
                Set.of(
                        "welcome",
                        "joined",
                        "peer-joined",
                        "peer-updated",
                        "peer-left",
                        "left",
                        "offer",
                        "message",
                        "dropped",
                        "presence",
                        "ringing",
                        "call",
                        "accepted",
                        "call-ended",
                        "ok",
                        "pong",
                        "ice-servers",
                        "draining",
                        "error"),
                types(servedFromTheServer()));
    }

    private static Set<String> types(List<String> frames) {
        return frames.stream()
                .map(frame -> new JsonObject(frame).getString("type"))
                .collect(Collectors.toSet());
    }

    private static List<String> frames(String fence, Set<String> directions) throws IOException {
        List<String> frames = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(PAGE)) {
            if (line.startsWith("```")) {
                inside = line.equals(fence);
            } else if (inside && directions.contains(line.substring(0, 2))) {
                frames.add(line.substring(2));
            } else if (inside) {
                assertTrue(
                        Stream.concat(Stream.of(FROM_CLIENT), FROM_SERVER.stream())
                                .anyMatch(line::startsWith),
                        line);
            }
        }
        return frames;
    }
}
