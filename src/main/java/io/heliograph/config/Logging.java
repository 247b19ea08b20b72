package io.heliograph.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Settings.LogFormat;
import io.heliograph.protocol.Settings.LogLevel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs go to standard error, one line an event. Logback finds this class by itself and starts with text from INFO on;
 * {@link #apply} then does as configured.
 */
public final class Logging extends ContextAwareBase implements Configurator {

    /** Logs as {@code log} says from now on. */
    public static void apply(Settings.Log log) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            install(context, log);
        }
    }

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        install(context, new Settings.Log(formatBeforehand(), LogLevel.INFO));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** What is wrong with the configuration is to be said in the right format as well, as far as that can be known. */
    private static LogFormat formatBeforehand() {
        boolean json = LogFormat.JSON.label().equals(System.getenv(Keys.LOG_FORMAT.environmentName()));
        return json ? LogFormat.JSON : LogFormat.TEXT;
    }

    private static void install(LoggerContext context, Settings.Log log) {
        context.reset();
        var encoder = new LineEncoder(log.format());
        encoder.setContext(context);
        encoder.start();
        var appender = new ConsoleAppender<ILoggingEvent>();
        appender.setContext(context);
        appender.setName("stderr");
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        appender.start();

        var level = Level.toLevel(log.level().label());
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(appender);
        root.setLevel(stricter(level, Level.INFO));
        context.getLogger("io.heliograph").setLevel(level);
        // It writes over a hundred lines in a short run, none of which an operator may act on.
        context.getLogger("com.hazelcast").setLevel(stricter(level, Level.WARN));
        // Warns at every start of what is so by design: no CP subsystem, and a gauge that Vert.x registers twice.
        context.getLogger("com.hazelcast.cp").setLevel(Level.ERROR);
        context.getLogger("io.micrometer").setLevel(Level.ERROR);
        // Warns of each late answer of a process that stood still, hundreds at once.
        context.getLogger("com.hazelcast.spi.impl.operationservice.impl.InboundResponseHandler")
                .setLevel(Level.ERROR);
        // Warns when Vert.x closes once more a WebSocket that had to be cut, which any client can bring about.
        context.getLogger("io.netty.util.concurrent.DefaultPromise").setLevel(Level.ERROR);
        // Calls it an error when a connection of the event bus breaks; what follows from that, Membership says.
        context.getLogger("io.vertx.core.net.impl.ConnectionBase").setLevel(Level.OFF);
        // Vert.x registers the same gauge for each of its servers, and rightly so: they share one value.
        context.getLogger("io.micrometer.core.instrument.MeterRegistry").setLevel(Level.ERROR);
    }

    private static Level stricter(Level one, Level other) {
        return one.isGreaterOrEqual(other) ? one : other;
    }
}
