package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.heliograph.protocol.Settings.LogFormat;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LineEncoderTest {
    private static final Instant TIME = Instant.parse("2025-03-01T10:00:00.120Z");
    private static final String HOSTILE = "a\nb\r\u001b[31mc\u2028d\u202ee\u0085f\u0000g\"h\\i\ud800j";

    @Test
    void textIsTimeLevelLoggerAndWords() {
        assertEquals(
                "2025-03-01T10:00:00.120Z WARN  Router: link lost node=n1.0\n",
                line(LogFormat.TEXT, event("link lost node={}", null, "n1.0")));
    }

    @Test
    void keysAndValuesFollowTheWords() {
        var event = event("link lost", null);
        event.addKeyValuePair(new KeyValuePair("node", "n1.0"));
        assertEquals("2025-03-01T10:00:00.120Z WARN  Router: link lost node=n1.0\n", line(LogFormat.TEXT, event));
    }

    @Test
    void jsonIsOneObjectALine() {
        var line = line(LogFormat.JSON, event("link lost node={}", null, "n1.0"));
        assertEquals(
                new JsonObject()
                        .put("time", "2025-03-01T10:00:00.120Z")
                        .put("level", "WARN")
                        .put("logger", "io.heliograph.routing.Router")
                        .put("thread", "loop-1")
                        .put("message", "link lost node=n1.0"),
                new JsonObject(line));
    }

    @Test
    void noValueBreaksALine() {
        var text = line(LogFormat.TEXT, event("joined room={}", null, HOSTILE));
        assertTrue(text.endsWith("room=a\\nb\\r\\u001b[31mc\\u2028d\\u202ee\\u0085f\\u0000g\"h\\i\\ud800j\n"), text);

        var json = line(LogFormat.JSON, event("joined room={}", null, HOSTILE));
        assertTrue(json.chars().limit(json.length() - 1L).allMatch(c -> c >= ' ' && c < 0x7f), json);
        assertEquals("joined room=" + HOSTILE, new JsonObject(json).getString("message"));
    }

    @Test
    void anExceptionStaysOnTheLineOfItsEvent() {
        var cause = new IllegalStateException("inner\nline");
        var thrown = new IllegalArgumentException("outer", cause);

        var text = line(LogFormat.TEXT, event(Level.ERROR, "link broken", thrown));
        assertEquals(1, text.lines().count());
        assertTrue(text.contains("Router: link broken | java.lang.IllegalArgumentException: outer | "), text);
        assertTrue(text.contains(" | java.lang.IllegalStateException: inner\\nline | "), text);

        var json = line(LogFormat.JSON, event(Level.ERROR, "link broken", thrown));
        assertEquals(1, json.lines().count());
        assertTrue(new JsonObject(json).getString("exception").contains("IllegalStateException: inner\nline"), json);
    }

    @Test
    void aWarningSaysWhatWasThrownButNotFromWhere() {
        var cause = new IllegalStateException("inner");
        var text = line(LogFormat.TEXT, event("link broken", new IllegalArgumentException("outer", cause)));
        assertTrue(
                text.endsWith("Router: link broken | java.lang.IllegalArgumentException: outer"
                        + " | java.lang.IllegalStateException: inner\n"),
                text);
    }

    private static String line(LogFormat format, LoggingEvent event) {
        return new String(new LineEncoder(format).encode(event), StandardCharsets.UTF_8);
    }

    private static LoggingEvent event(String message, @Nullable Throwable thrown, Object... values) {
        return event(Level.WARN, message, thrown, values);
    }

    private static LoggingEvent event(Level level, String message, @Nullable Throwable thrown, Object... values) {
        var logger = new LoggerContext().getLogger("io.heliograph.routing.Router");
        var event = new LoggingEvent("", logger, level, message, thrown, values);
        event.setInstant(TIME);
        event.setThreadName("loop-1");
        return event;
    }
}
