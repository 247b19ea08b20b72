package io.heliograph.transport;

import io.heliograph.dialect.Decoded;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.session.Outlet;
import io.heliograph.session.Session;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One WebSocket of one client: frames in, within the rate; frames out, within the outbox; pings; the end. */
final class Connection implements Outlet {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int OUTBOX_BYTES_MAX = 4 << 20;
    private static final int RATE_PAUSE_MILLIS = 50;
    private static final long HELD_BACK_NANOS_MAX = 10_000_000_000L;
    private static final int CLOSE_MILLIS_MAX = 2_000;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final Buffer EMPTY = Buffer.buffer();

    // Set once.
    private final Vertx vertx;
    private final Context context;
    private final ServerWebSocket socket;
    private final SharedEncoding encoding;
    private final Session session;
    private final int heartbeatMillis;
    private final long heartbeatTimer;
    private final Promise<Void> gone = Promise.promise();

    // Owned by the connection's event loop.
    private final TokenBucket rate;
    private long heardNanos = System.nanoTime();
    private long heldBackSince;
    private boolean heldBack;
    private boolean sessionWantsMore = true;
    private boolean rateAllows = true;
    private Optional<CloseReason> closing = Optional.empty();
    private int outboxBytes;

    /** {@code sessions} makes the session that speaks through this connection. */
    Connection(
            Vertx vertx,
            ServerWebSocket socket,
            SharedEncoding encoding,
            int heartbeatMillis,
            Limits limits,
            Function<Outlet, Session> sessions) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.socket = socket;
        this.encoding = encoding;
        this.heartbeatMillis = heartbeatMillis;
        this.rate = new TokenBucket(limits.framesPerSecond(), System.nanoTime());
        this.session = sessions.apply(this);
        this.heartbeatTimer = vertx.setPeriodic(heartbeatMillis, timer -> beat());
        FrameGuard.install(socket, limits.frameBytes(), reason -> context.runOnContext(violated -> close(reason)));
        socket.frameHandler(frame -> {
            try {
                receive(frame);
            } catch (RuntimeException defect) {
                LOG.error("frame not taken peer={}", session, defect);
                close(CloseReason.INTERNAL);
            }
        });
        socket.pongHandler(pong -> heardNanos = System.nanoTime());
        socket.exceptionHandler(
                failure -> LOG.debug("connection failed peer={} cause={}", session, failure.toString()));
        socket.closeHandler(closed -> ended());
    }

    /** Completes when the socket is closed and no node knows the peer any more. */
    Future<Void> gone() {
        return gone.future();
    }

    @Override
    public void push(ServerMessage message) {
        if (closing.isPresent()) {
            return;
        }
        if (outboxBytes > OUTBOX_BYTES_MAX) {
            close(CloseReason.SLOW);
            return;
        }
        byte[] frame = encoding.encode(message);
        outboxBytes += frame.length;
        socket.writeFrame(new WebSocketFrameImpl(WebSocketFrameType.TEXT, frame, true))
                .onComplete(written -> outboxBytes -= frame.length);
    }

    @Override
    public void close(CloseReason reason) {
        if (closing.isPresent()) {
            return;
        }
        closing = Optional.of(reason);
        LOG.debug("connection closing peer={} reason={}", session, reason.label());
        // The session may be in the middle of a request or a broadcast: it hears of the end after that.
        context.runOnContext(later -> session.ended(reason));
        if (reason.code() == CloseReason.LOST.code()) {
            cut();
        } else {
            socket.close((short) reason.code(), reason.label());
            vertx.setTimer(CLOSE_MILLIS_MAX, timer -> cut());
        }
    }

    @Override
    public void wantMore(boolean wanted) {
        sessionWantsMore = wanted;
        read();
    }

    private void receive(WebSocketFrame frame) {
        long now = System.nanoTime();
        heardNanos = now;
        if (closing.isPresent() || frame.isClose() || frame.isPing() || frame.type() == WebSocketFrameType.PONG) {
            return;
        }
        if (!frame.isText() || !frame.isFinal()) {
            close(CloseReason.BINARY);
            return;
        }
        if (heldBack && rate.isAtEase(now)) {
            heldBack = false;
        }
        rate.take(now);
        if (rate.isEmpty(now)) {
            holdBack(now);
        }
        Decoded decoded = encoding.dialect().decode(frame.binaryData().getBytes());
        if (decoded instanceof Decoded.Understood understood) {
            session.request(understood.message(), now);
        } else if (decoded instanceof Decoded.Malformed malformed) {
            session.refuse(malformed.answer());
        }
    }

    private void holdBack(long now) {
        if (!heldBack) {
            heldBack = true;
            heldBackSince = now;
        }
        rateAllows = false;
        read();
        vertx.setTimer(RATE_PAUSE_MILLIS, timer -> letOn());
    }

    private void letOn() {
        long now = System.nanoTime();
        if (heldBack && now - heldBackSince > HELD_BACK_NANOS_MAX) {
            close(CloseReason.RATE);
        } else if (rate.isEmpty(now)) {
            vertx.setTimer(RATE_PAUSE_MILLIS, timer -> letOn());
        } else {
            rateAllows = true;
            read();
        }
    }

    private void read() {
        if (closing.isPresent() || (rateAllows && sessionWantsMore)) {
            socket.resume();
        } else {
            socket.pause();
        }
    }

    private void beat() {
        long now = System.nanoTime();
        if (rateAllows && now - heardNanos >= 2L * heartbeatMillis * NANOS_PER_MILLI) {
            close(CloseReason.SILENT);
        } else if (closing.isEmpty()) {
            socket.writePing(EMPTY);
        }
    }

    private void ended() {
        CloseReason reason = closing.orElseGet(() -> reasonOf(socket.closeStatusCode()));
        closing = Optional.of(reason);
        vertx.cancelTimer(heartbeatTimer);
        session.ended(reason).onComplete(gone);
    }

    private void cut() {
        // What comes of it is told to the close handler.
        var unused = ((WebSocketInternal) socket).channelHandlerContext().close();
    }

    /** What the client's close code means, where it was the client that closed. */
    private static CloseReason reasonOf(Short code) {
        if (code == CloseReason.NORMAL.code()) {
            return CloseReason.NORMAL;
        }
        return code == CloseReason.GOING_AWAY.code() ? CloseReason.GOING_AWAY : CloseReason.LOST;
    }
}
