package io.heliograph.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.heliograph.dialect.SockJsBody.Broken;
import io.heliograph.dialect.SockJsBody.Messages;
import io.heliograph.dialect.SockJsBody.Violation;
import io.heliograph.protocol.CloseReason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SockJsBodyTest {
    private static final int LIMIT = 10;

    @Test
    void messagesComeInOrderAsUtf8() {
        assertEquals(List.of("{}", "\u20ac\ud83d\ude00", ""), messages("[\"{}\", \"\\u20ac\\ud83d\\ude00\",\"\"]"));
        assertEquals(List.of(), messages(" [ ] "));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[",
                "[\"\"",
                "[\"\",",
                "\"{}\"",
                "{}",
                "[1]",
                "[null]",
                "[true]",
                "[{\"a\":1}]",
                "[[\"\"]]",
                "[\"\"]]",
                "[\"\"] x",
                "[\"\n\"]",
                "\ufeff[]"
            })
    void whatIsNoArrayOfStringsIsBroken(String body) {
        assertInstanceOf(Broken.class, read(bytes(body)));
    }

    @Test
    void theLimitIsOnTheBytesOfAMessageNotOnItsEscapes() {
        assertEquals(List.of("\u20ac\u20ac\u20aca"), messages("[\"\\u20ac\\u20ac\\u20ac\\u0061\"]"));
        assertEquals(new Violation(CloseReason.TOO_LARGE), read(bytes("[\"\u20ac\u20ac\u20acaa\"]")));
    }

    @Test
    void oneMessageAtTheLimitFitsIntoABodyHoweverItIsEscaped() {
        int limit = 65_536;
        int longest = bytes("[\"" + "\\u0001".repeat(limit) + "\"]").length;
        assertEquals(longest, SockJsBody.bytesMax(limit));
        assertEquals(262_144, SockJsBody.bytesMax(LIMIT));
    }

    @Test
    void theNumberOfMessagesIsLimited() {
        assertEquals(1_000, messages("[" + "\"\",".repeat(999) + "\"\"]").size());
        assertEquals(new Violation(CloseReason.TOO_LARGE), read(bytes("[" + "\"\",".repeat(1_000) + "\"\"]")));
    }

    @Test
    void whatHasNoUtf8IsAViolation() {
        Violation violation = new Violation(CloseReason.INVALID_UTF8);
        assertEquals(violation, read(bytes("[\"\\ud800\"]")));
        assertEquals(violation, read(bytes("[\"\\ude00\\ud83d\"]")));
        assertEquals(violation, read(new byte[] {'[', '"', (byte) 0xc0, (byte) 0xaf, '"', ']'}));
        assertEquals(violation, read(new byte[] {(byte) 0xff}));
    }

    private static List<String> messages(String body) {
        return assertInstanceOf(Messages.class, read(bytes(body))).frames().stream()
                .map(frame -> new String(frame, StandardCharsets.UTF_8))
                .toList();
    }

    private static SockJsBody read(byte[] body) {
        return SockJsBody.read(body, LIMIT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
