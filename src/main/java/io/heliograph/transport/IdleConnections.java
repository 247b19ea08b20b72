package io.heliograph.transport;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The connections of a node that nobody waits on, and for how long. Owned by the node's context. */
final class IdleConnections {
    private static final int REQUEST_WITHIN_MILLIS = 10_000;

    private final Vertx vertx;
    /** Of those that have made no request yet. */
    private final Map<HttpConnection, Long> timers = new HashMap<>();
    /** Of each that is open: how many are under way. */
    private final Map<HttpConnection, Integer> requests = new HashMap<>();
    /** The longest so first. */
    private final Set<HttpConnection> idle = new LinkedHashSet<>();

    IdleConnections(Vertx vertx) {
        this.vertx = vertx;
    }

    /** It has just been made; {@code late} is run where it asks for nothing in time. */
    void connected(HttpConnection connection, Runnable late) {
        timers.put(connection, vertx.setTimer(REQUEST_WITHIN_MILLIS, timer -> late.run()));
        requests.put(connection, 0);
        idle.add(connection);
    }

    /**
     * A request has begun, which {@link #answered} follows, unless it becomes a WebSocket. It may be told of after the connection is
     * closed.
     */
    void asked(HttpConnection connection) {
        stopTimer(connection);
        requests.computeIfPresent(connection, (same, count) -> count + 1);
        idle.remove(connection);
    }

    /** The same of one whose body is still to come: that may take its sender as long as it likes. */
    void sending(HttpConnection connection) {
        asked(connection);
        if (requests.containsKey(connection)) {
            idle.add(connection);
        }
    }

    /** A request has been answered. The next one may have begun before. */
    void answered(HttpConnection connection) {
        Integer left = requests.computeIfPresent(connection, (same, count) -> count - 1);
        if (left != null && left == 0) {
            idle.add(connection);
        }
    }

    void closed(HttpConnection connection) {
        stopTimer(connection);
        requests.remove(connection);
        idle.remove(connection);
    }

    /** The one that has been idle for longest. */
    Optional<HttpConnection> longest() {
        return idle.stream().findFirst();
    }

    private void stopTimer(HttpConnection connection) {
        Long timer = timers.remove(connection);
        if (timer != null) {
            vertx.cancelTimer(timer);
        }
    }
}
