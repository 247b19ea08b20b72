package io.heliograph.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import io.heliograph.protocol.Settings.LogFormat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes an event, its exception included, as exactly one line, whatever the logged values contain. */
final class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            new DateTimeFormatterBuilder().appendInstant(3).toFormatter();
    private static final int CAUSES_MAX = 5;
    private static final int FRAMES_MAX = 30;

    private final LogFormat format;

    LineEncoder(LogFormat format) {
        this.format = format;
    }

    @Override
    public byte[] headerBytes() {
        return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        var line = new StringBuilder(256);
        switch (format) {
            case TEXT -> appendText(line, event);
            case JSON -> appendJson(line, event);
        }
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] footerBytes() {
        return new byte[0];
    }

    private static void appendText(StringBuilder line, ILoggingEvent event) {
        line.append(time(event)).append(' ');
        line.append(String.format("%-5s", event.getLevel())).append(' ');
        var logger = event.getLoggerName();
        OneLine.append(line, logger.substring(logger.lastIndexOf('.') + 1));
        line.append(": ");
        OneLine.append(line, message(event));
        for (var exceptionLine : exceptionLines(event)) {
            line.append(" | ");
            OneLine.append(line, exceptionLine);
        }
    }

    private static void appendJson(StringBuilder line, ILoggingEvent event) {
        line.append('{');
        appendField(line, "time", time(event));
        appendField(line.append(','), "level", event.getLevel().toString());
        appendField(line.append(','), "logger", event.getLoggerName());
        appendField(line.append(','), "thread", event.getThreadName());
        appendField(line.append(','), "message", message(event));
        var exceptionLines = exceptionLines(event);
        if (!exceptionLines.isEmpty()) {
            appendField(line.append(','), "exception", String.join("\n", exceptionLines));
        }
        line.append('}');
    }

    private static void appendField(StringBuilder line, String name, String value) {
        line.append('"').append(name).append("\":\"");
        OneLine.appendJson(line, value);
        line.append('"');
    }

    private static String time(ILoggingEvent event) {
        return TIME.format(Instant.ofEpochMilli(event.getTimeStamp()));
    }

    private static String message(ILoggingEvent event) {
        var message = String.valueOf(event.getFormattedMessage());
        var pairs = event.getKeyValuePairs();
        return pairs == null
                ? message
                : Stream.concat(Stream.of(message), pairs.stream().map(pair -> pair.key + "=" + pair.value))
                        .collect(Collectors.joining(" "));
    }

    /** What was thrown; and from where, if it is a defect: of what an operator may act on the cause says enough. */
    private static List<String> exceptionLines(ILoggingEvent event) {
        int framesMax = event.getLevel().isGreaterOrEqual(Level.ERROR) ? FRAMES_MAX : 0;
        @Nullable IThrowableProxy thrown = event.getThrowableProxy();
        return Stream.iterate(thrown, cause -> cause != null, cause -> cause.getCause())
                .limit(CAUSES_MAX)
                .flatMap(cause -> throwableLines(cause, framesMax))
                .toList();
    }

    private static Stream<String> throwableLines(IThrowableProxy thrown, int framesMax) {
        var frames = thrown.getStackTraceElementProxyArray();
        return Stream.concat(
                Stream.of(thrown.getClassName() + ": " + thrown.getMessage()),
                Stream.of(frames).limit(framesMax).map(frame -> frame.getSTEAsString()));
    }
}
