package io.heliograph.config;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;

/**
 * Why a cluster does not take this process in, which Hazelcast says to its log alone; what it and Vert.x write after that, about
 * twelve lines of how they give up, is left out.
 */
public final class JoinRefusal implements AutoCloseable {
    private static final String LOGGER = "com.hazelcast.security";
    private static final String REASON = "Reason of failure for node join: ";
    private static final String ANNOUNCEMENT = "Before join check failed";

    private final Ear ear = new Ear();

    private JoinRefusal() {}

    /** Begins to listen. */
    public static JoinRefusal await() {
        JoinRefusal refusal = new JoinRefusal();
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.addTurboFilter(refusal.ear);
        }
        return refusal;
    }

    /** Why, in Hazelcast's words; empty where it has not said so. */
    public Optional<String> reason() {
        return Optional.ofNullable(ear.reason);
    }

    /** Leaves nothing out any more. */
    @Override
    public void close() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getTurboFilterList().remove(ear);
        }
    }

    private static final class Ear extends TurboFilter {
        // Shared: any thread.
        private volatile @Nullable String reason;

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String text,
                Object @Nullable [] arguments,
                @Nullable Throwable thrown) {
            if (text != null && logger.getName().equals(LOGGER)) {
                int at = text.indexOf(REASON);
                if (at >= 0) {
                    reason = text.substring(at + REASON.length());
                }
                return at >= 0 || text.contains(ANNOUNCEMENT) ? FilterReply.DENY : FilterReply.NEUTRAL;
            }
            boolean own = logger.getName().startsWith("io.heliograph");
            return reason == null || own ? FilterReply.NEUTRAL : FilterReply.DENY;
        }
    }
}
