package io.heliograph.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.opentelemetry.sdk.common.CompletableResultCode;
import java.net.ConnectException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What is said of spans that nobody takes. */
class WatchedExporterTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(WatchedExporter.class);

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final CollectedSpans collector = new CollectedSpans();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final WatchedExporter exporter = new WatchedExporter(collector, "http://collector:4318", nanos::get);

    @BeforeEach
    void listen() {
        log.start();
        LOG.addAppender(log);
    }

    @AfterEach
    void close() {
        LOG.detachAppender(log);
    }

    @Test
    void nothingIsSaidWhileSpansAreTaken() {
        assertTrue(exporter.export(List.of()).isSuccess());
        assertEquals(List.of(), log.list);
    }

    @Test
    void thatTheyAreNotIsSaidOnceAMinute() {
        collector.answer =
                CompletableResultCode.ofExceptionalFailure(new IllegalStateException(new ConnectException("refused")));
        for (int seconds = 0; seconds < 60; seconds++) {
            exporter.export(List.of());
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        }
        assertEquals(1, log.list.size());
        assertEquals(Level.WARN, log.list.get(0).getLevel());
        assertEquals(
                "traces lost endpoint=http://collector:4318 spans=0 cause=java.net.ConnectException: refused",
                log.list.get(0).getFormattedMessage());
        exporter.export(List.of());
        assertEquals(2, log.list.size());
    }
}
