package io.heliograph.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.CloseReason;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class CloseFrameTest {

    @ParameterizedTest
    @EnumSource(CloseReason.class)
    void whatIsWrittenIsReadAgain(CloseReason reason) {
        assertEquals(OptionalInt.of(reason.code()), CloseFrame.read(CloseFrame.write(reason)));
    }

    @Test
    void itIsAsTheProtocolSays() {
        assertEquals(
                "{\"type\":\"close\",\"code\":1012}",
                new String(CloseFrame.write(CloseReason.RESTART), StandardCharsets.US_ASCII));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"type\":\"close\"}|1000",
                " { \"code\" : 1001 , \"id\":{\"a\":[]}, \"type\" : \"close\" } |1001",
                "{\"type\":\"close\",\"code\":4000}|4000",
                "{\"type\":\"close\",\"code\":null}|1006",
                "{\"type\":\"close\",\"code\":\"1000\"}|1006",
                "{\"type\":\"close\",\"code\":1000.0}|1006"
            })
    void aCodeIsReadAndNoneIsNormal(String frame, int code) {
        assertEquals(OptionalInt.of(code), read(frame));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\"close\"",
                "[\"close\"]",
                "{\"type\":\"message\",\"data\":\"close\"}",
                "{\"type\":\"message\",\"data\":{\"type\":\"close\"}}",
                "{\"close\":\"type\"}",
                "{\"type\":\"close\"",
                "{\"type\":\"close\"} x",
                "{\"type\":\"close\",\"code\":99999999999}",
                "{\"type\":[\"close\"]}",
                "{\"type\":\"CLOSE\"}"
            })
    void anyOtherFrameIsNone(String frame) {
        assertEquals(OptionalInt.empty(), read(frame));
    }

    private static OptionalInt read(String frame) {
        return CloseFrame.read(frame.getBytes(StandardCharsets.UTF_8));
    }
}
