package io.heliograph.transport;

import io.heliograph.dialect.Decoded;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.session.Outlet;
import io.heliograph.session.Session;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One channel of one client: frames in, within the rate; frames out, within the outbox; pings; the end. */
final class Connection implements Outlet, Channel.Events {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    private static final int RATE_PAUSE_MILLIS = 50;
    /** More than a tenth of a second's frames, where they come at once, is taken when others have had their turn. */
    private static final int TURNS_PER_SECOND = 10;

    private static final int TURN_PAUSE_MILLIS = 1;
    private static final long HELD_BACK_NANOS_MAX = 10_000_000_000L;
    private static final int CLOSE_MILLIS_MAX = 2_000;
    private static final long NANOS_PER_MILLI = 1_000_000L;

    // Set once.
    private final Vertx vertx;
    private final Context context;
    private final Channel channel;
    private final SharedEncoding encoding;
    private final Outbox outbox;
    private final Session session;
    private final int heartbeatMillis;
    private final int atOnceMax;
    private final long heartbeatTimer;
    private final Promise<Void> gone = Promise.promise();

    // Owned by the connection's event loop.
    private final Allowance allowance;
    private long heardNanos = System.nanoTime();
    private long beatNanos = heardNanos;
    private long heldBackSince;
    private boolean heldBack;
    private boolean sessionWantsMore = true;
    private boolean rateAllows = true;
    private int takenAtOnce;
    private Optional<CloseReason> closing = Optional.empty();
    private OptionalLong ageTimer = OptionalLong.empty();

    /** {@code sessions} makes the session that speaks through this connection. */
    Connection(
            Vertx vertx,
            Channel channel,
            SharedEncoding encoding,
            int heartbeatMillis,
            Limits limits,
            Facts facts,
            Function<Outlet, Session> sessions) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.channel = channel;
        this.encoding = encoding;
        this.outbox = new Outbox(channel::write, limits.outboxBytes(), facts::outboxGrew);
        this.heartbeatMillis = heartbeatMillis;
        this.atOnceMax = Math.max(2, limits.framesPerSecond() / TURNS_PER_SECOND);
        this.allowance = new Allowance(limits, System.nanoTime());
        this.session = sessions.apply(this);
        this.heartbeatTimer = vertx.setPeriodic(heartbeatMillis, timer -> beat());
        channel.open(this);
    }

    /** Completes when the channel is closed and no node knows the peer any more. */
    Future<Void> gone() {
        return gone.future();
    }

    /** How long the client has been waited for to read the oldest of what is sent to it; 0 where nothing waits. */
    long outboxAgeNanos(long nowNanos) {
        return outbox.ageNanos(nowNanos);
    }

    @Override
    public boolean push(ServerMessage message) {
        if (closing.isPresent()) {
            return false;
        }
        if (outbox.push(encoding.encode(message), System.nanoTime())) {
            watchAge();
        } else {
            close(CloseReason.SLOW);
        }
        return true;
    }

    @Override
    public void close(CloseReason reason) {
        if (closing.isPresent()) {
            return;
        }
        closing = Optional.of(reason);
        LOG.debug("connection closing peer={} reason={}", session, reason.label());
        if (reason.hearsOut()) {
            // What the client has sent ends with its echo, and so does the session.
            read();
        } else {
            // The session may be in the middle of a request or a broadcast: it hears of the end after that.
            context.runOnContext(later -> session.ended(reason));
        }
        if (reason.code() == CloseReason.LOST.code()) {
            cut();
        } else {
            if (reason == CloseReason.SLOW) {
                outbox.drop();
            }
            outbox.afterLast(() -> channel.close(reason));
            vertx.setTimer(CLOSE_MILLIS_MAX, timer -> cut());
        }
    }

    @Override
    public void wantMore(boolean wanted) {
        sessionWantsMore = wanted;
        read();
    }

    @Override
    public void text(byte[] frame) {
        heardNanos = System.nanoTime();
        if (closing.filter(reason -> !reason.hearsOut()).isPresent()) {
            return;
        }
        takeTurn();
        try {
            receive(frame, heardNanos);
        } catch (RuntimeException defect) {
            LOG.error("frame not taken peer={}", session, defect);
            close(CloseReason.INTERNAL);
        }
    }

    @Override
    public void beside(int frames, int bytes) {
        heardNanos = System.nanoTime();
        spend(frames, bytes, heardNanos);
    }

    @Override
    public void violated(CloseReason reason) {
        close(reason);
    }

    @Override
    public void failed(Throwable cause) {
        LOG.debug("connection failed peer={} cause={}", session, cause.toString());
    }

    @Override
    public void closed(int code) {
        CloseReason reason = closing.orElseGet(() -> reasonOf(code));
        closing = Optional.of(reason);
        outbox.drop();
        vertx.cancelTimer(heartbeatTimer);
        ageTimer.ifPresent(vertx::cancelTimer);
        session.ended(reason).onComplete(gone);
    }

    private void cut() {
        outbox.drop();
        channel.cut();
    }

    /** Sees to it that the connection is closed when a frame gets too old, however little comes after it. */
    private void watchAge() {
        if (ageTimer.isEmpty() && !outbox.isEmpty()) {
            long millis = outbox.nanosLeft(System.nanoTime()) / NANOS_PER_MILLI + 1;
            ageTimer = OptionalLong.of(vertx.setTimer(millis, timer -> checkAge()));
        }
    }

    private void checkAge() {
        ageTimer = OptionalLong.empty();
        if (outbox.nanosLeft(System.nanoTime()) <= 0) {
            close(CloseReason.SLOW);
        } else {
            watchAge();
        }
    }

    /** Sees to it that a burst, as the rate allows it, does not keep the event loop from everybody else. */
    private void takeTurn() {
        takenAtOnce++;
        if (takenAtOnce == 1) {
            context.runOnContext(over -> endTurn());
        } else if (takenAtOnce == atOnceMax) {
            read();
        }
    }

    private void endTurn() {
        if (takenAtOnce < atOnceMax) {
            takenAtOnce = 0;
        } else {
            vertx.setTimer(TURN_PAUSE_MILLIS, timer -> {
                takenAtOnce = 0;
                read();
            });
        }
    }

    private void receive(byte[] frame, long now) {
        spend(1, frame.length, now);
        Decoded decoded = encoding.dialect().decode(frame);
        if (decoded instanceof Decoded.Understood understood) {
            session.request(understood.message(), now);
        } else if (decoded instanceof Decoded.Malformed malformed) {
            session.refuse(malformed.answer());
        }
    }

    private void spend(int frames, int length, long now) {
        if (heldBack && allowance.isAtEase(now)) {
            heldBack = false;
        }
        allowance.take(frames, length, now);
        if (rateAllows && allowance.isSpent(now)) {
            holdBack(now);
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
        } else if (allowance.isSpent(now)) {
            vertx.setTimer(RATE_PAUSE_MILLIS, timer -> letOn());
        } else {
            rateAllows = true;
            read();
        }
    }

    private void read() {
        if (rateAllows && takenAtOnce < atOnceMax && (sessionWantsMore || closing.isPresent())) {
            channel.resume();
        } else {
            channel.pause();
        }
    }

    private void beat() {
        long now = System.nanoTime();
        long silence = 2L * heartbeatMillis * NANOS_PER_MILLI;
        if (now - beatNanos >= silence) {
            // It was this process that stood still: what has come meanwhile is still to be read.
            heardNanos = now;
        }
        beatNanos = now;
        if (rateAllows && now - heardNanos >= silence) {
            close(CloseReason.SILENT);
        } else if (closing.isEmpty()) {
            channel.ping();
        }
    }

    /** What the client's close code means, where it was the client that closed. */
    private static CloseReason reasonOf(int code) {
        if (code == CloseReason.NORMAL.code()) {
            return CloseReason.NORMAL;
        }
        return code == CloseReason.GOING_AWAY.code() ? CloseReason.GOING_AWAY : CloseReason.LOST;
    }
}
