package io.heliograph.transport;

import io.heliograph.protocol.ConnectionRefusal;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Settings;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom a node takes in: so many at all and from one address, so many at once, and none who says nothing. Whoever is refused is told
 * when to come again, as long as that costs little; those that are in are not touched.
 */
final class Reception {
    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);
    private static final long WARN_EVERY_NANOS = 60_000_000_000L;
    private static final String RETRY_SOON = "1";
    private static final String RETRY_LATER = "5";

    /** What one has until it is {@link #free given back}. */
    interface Place {
        void free();
    }

    // Set once.
    private final Intake intake;
    private final Proxies proxies;
    private final boolean announced;
    private final Limits.Intake limits;
    private final BooleanSupplier takesNew;
    private final Facts facts;

    // Owned by the node's context.
    private final TokenBucket pace;
    private final IdleConnections idle;
    private long warnedNanos = System.nanoTime() - WARN_EVERY_NANOS;

    /** @param takesNew whether this node takes any at all */
    Reception(Vertx vertx, Intake intake, Settings settings, BooleanSupplier takesNew, Facts facts) {
        this.idle = new IdleConnections(vertx);
        this.intake = intake;
        this.proxies = new Proxies(settings.http().proxies());
        this.announced = settings.http().proxies().announce();
        this.takesNew = takesNew;
        this.facts = facts;
        this.limits = settings.limits().intake();
        int perSecond = limits.connectionsPerSecond();
        this.pace = new TokenBucket((perSecond + settings.instances() - 1) / settings.instances(), System.nanoTime());
    }

    /** Cuts a connection for which there is no place, or that asks for nothing in time. */
    void connected(HttpConnection connection) {
        ReadFailure.guard(connection);
        if (announced && !proxies.mayAnnounce(connection)) {
            cut(connection, ConnectionRefusal.PROXY);
            return;
        }
        Optional<ClientAddress> address = proxies.of(connection);
        Optional<ConnectionRefusal> refusal = takeSocket(address);
        if (refusal.isPresent()) {
            cut(connection, refusal.get());
            return;
        }
        idle.connected(connection, () -> cut(connection, ConnectionRefusal.SILENT));
        // Not its closeHandler: a connection that has become a WebSocket never calls that.
        pipeline(connection).channel().closeFuture().addListener(closed -> {
            idle.closed(connection);
            intake.sockets().free(address);
        });
    }

    /** A request has come. */
    void heard(HttpServerRequest request) {
        HttpConnection connection = request.connection();
        if (SockJs.sends(request)) {
            idle.sending(connection);
        } else {
            idle.asked(connection);
        }
        request.response().endHandler(ended -> idle.answered(connection));
    }

    /** Who asks for nothing makes room for who may. */
    private Optional<ConnectionRefusal> takeSocket(Optional<ClientAddress> address) {
        Optional<ConnectionRefusal> refusal = intake.sockets().take(address);
        Optional<HttpConnection> longest = idle.longest();
        if (refusal.equals(Optional.of(ConnectionRefusal.FULL)) && longest.isPresent()) {
            count(ConnectionRefusal.SILENT);
            ChannelPipeline pipeline = pipeline(longest.get());
            if (pipeline.channel().isOpen()) {
                // Past TLS: it has to have gone when this returns.
                var unused = pipeline.firstContext().close();
            }
            return intake.sockets().take(address);
        }
        return refusal;
    }

    private static ChannelPipeline pipeline(HttpConnection connection) {
        return ((ConnectionBase) connection).channelHandlerContext().pipeline();
    }

    /** Has a place for the client that asks for one; if there is none, the request has been answered. */
    Optional<Place> admit(HttpServerRequest request) {
        if (!takesNew.getAsBoolean()) {
            refuse(request, ConnectionRefusal.LEAVING);
            return Optional.empty();
        }
        long now = System.nanoTime();
        if (pace.isEmpty(now)) {
            refuse(request, ConnectionRefusal.PACE);
            return Optional.empty();
        }
        pace.take(1, now);
        Optional<ClientAddress> address = proxies.of(request);
        Optional<ConnectionRefusal> refusal = intake.clients().take(address);
        if (refusal.isPresent()) {
            refuse(request, refusal.get());
            return Optional.empty();
        }
        return Optional.of(() -> intake.clients().free(address));
    }

    private void cut(HttpConnection connection, ConnectionRefusal reason) {
        count(reason);
        connection.close();
    }

    private void refuse(HttpServerRequest request, ConnectionRefusal reason) {
        count(reason);
        HttpServerResponse response = request.response();
        response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Future<Void> answered = switch (reason) {
            case LEAVING -> answer(response, 503, RETRY_SOON, "expected: a node that is not about to stop");
            case PACE -> answer(response, 503, RETRY_SOON, "expected: fewer new connections at once");
            case ADDRESS -> answer(response, 429, RETRY_LATER, "expected: fewer connections from one address");
            default -> answer(response, 503, RETRY_LATER, "expected: a node that is not full");
        };
        answered.onComplete(written -> request.connection().close());
    }

    private void count(ConnectionRefusal reason) {
        LOG.debug("connection refused reason={}", reason.label());
        facts.connectionRefused(reason);
        long now = System.nanoTime();
        if (reason == ConnectionRefusal.FULL && now - warnedNanos >= WARN_EVERY_NANOS) {
            warnedNanos = now;
            LOG.warn("full limits.connections={}", limits.connections());
        }
    }

    private static Future<Void> answer(HttpServerResponse response, int status, String retryAfter, String text) {
        response.putHeader(HttpHeaders.RETRY_AFTER, retryAfter);
        return Pages.refuse(response, status, text);
    }
}
