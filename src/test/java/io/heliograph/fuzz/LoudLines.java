package io.heliograph.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What the current thread logs above DEBUG until this is closed. */
final class LoudLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    private final Thread watched = Thread.currentThread();
    private final List<String> lines = new ArrayList<>();

    LoudLines() {
        start();
        ROOT.addAppender(this);
    }

    List<String> lines() {
        return lines;
    }

    @Override
    public void close() {
        ROOT.detachAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (Thread.currentThread() == watched && event.getLevel().isGreaterOrEqual(Level.INFO)) {
            lines.add(event.getLoggerName() + " " + event.getFormattedMessage());
        }
    }
}
