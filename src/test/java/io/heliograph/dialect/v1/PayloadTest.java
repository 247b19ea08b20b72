package io.heliograph.dialect.v1;

import static io.heliograph.dialect.v1.Frames.encode;
import static io.heliograph.dialect.v1.Frames.understood;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What one client puts into {@code data} is what the other takes out of it, byte for byte. */
class PayloadTest {

    static Stream<String> values() {
        return Stream.of(
                "null",
                "true",
                "false",
                "0",
                "-0",
                "1.0",
                "1E+400",
                "-1.5e-7",
                "1234567890".repeat(40),
                "0." + "1234567890".repeat(40),
                "\"\"",
                "\"plain\"",
                "\"\\u0000\\/\\\"\\\\\\b\\f\\n\\r\\t\"",
                "\"\\ud800\"",
                "\"\\udfff\\ud800 \\uD83D\"",
                "\"\\uD83D\\uDE00\"",
                "\"\ud83d\ude00 \u00e9 \u20ac \u2028 \u2029 \ufeff \u007f\"",
                "{}",
                "[]",
                "[ ]",
                "{ \"a\" : [ 1 , 2.50 , { } ] ,\n\t\"a\":\r\n1 }",
                "{\"type\":\"offer\",\"data\":{\"data\":1},\"to\":\"x\",\"to\":\"y\",\"id\":7}",
                "[" + "\"x\",".repeat(5_000) + "1]",
                "\"" + "\u20ac".repeat(15_000) + "\"");
    }

    @ParameterizedTest
    @MethodSource("values")
    void itPassesUnchangedWhereverItStands(String value) {
        for (String frame : new String[] {
            "{\"type\":\"message\",\"to\":\"p\",\"data\":" + value + "}",
            "{\"data\":" + value + ",\"type\":\"message\",\"to\":\"p\"}",
            "{\"type\":\"message\", \"data\" :\t" + value + " ,\"to\":\"p\"}",
            "{\"type\":\"message\",\"to\":\"p\",\"data\": \r\n" + value + "\n }",
            "{\"x\":\"\u20ac\ud83d\ude00\",\"type\":\"message\",\"to\":\"p\",\"data\":" + value + "}",
            "{\"type\":\"message\",\"to\":\"p\",\"d\\u0061ta\":" + value + ",\"x\":{\"data\":0}}"
        }) {
            Payload data = ((Relay) understood(frame)).data().orElseThrow();
            assertEquals(value, new String(data.toBytes(), StandardCharsets.UTF_8));
            String delivered = encode(new ServerMessage.Relayed(
                    ((Relay) understood(frame)).type(),
                    new PeerId("p"),
                    Optional.empty(),
                    Optional.of(data),
                    Sequence.NONE));
            assertEquals("{\"type\":\"message\",\"from\":\"p\",\"data\":" + value + "}", delivered);
        }
    }

    @Test
    void severalAreSplicedIntoOneFrame() {
        Payload data = ((Join) understood("{\"type\":\"join\",\"room\":\"r\",\"data\":{ \"n\" : 1.0 }}"))
                .data()
                .orElseThrow();
        Member member = new Member(new PeerId("p"), 1, Optional.empty(), Optional.of(data));
        Member bare = new Member(new PeerId("q"), 2, Optional.empty(), Optional.empty());
        assertEquals(
                "{\"type\":\"joined\",\"room\":\"r\",\"capacity\":3,\"order\":4,\"peers\":["
                        + "{\"peer\":\"p\",\"order\":1,\"data\":{ \"n\" : 1.0 }},{\"peer\":\"q\",\"order\":2},"
                        + "{\"peer\":\"p\",\"order\":1,\"data\":{ \"n\" : 1.0 }}]}",
                encode(new ServerMessage.Joined(Optional.empty(), new Name("r"), 3, 4, List.of(member, bare, member))));
    }

    @Test
    void itKeepsOutOfLogs() {
        assertFalse(understood("{\"type\":\"message\",\"to\":\"p\",\"data\":\"private\"}")
                .toString()
                .contains("private"));
    }
}
