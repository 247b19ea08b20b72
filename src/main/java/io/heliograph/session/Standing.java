package io.heliograph.session;

import io.heliograph.auth.Identity;
import io.heliograph.protocol.IceGrant;
import io.heliograph.routing.LocalPeer;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Who a session's client is, what that lets it do, and for how long. Owned by the node's context. */
final class Standing {
    private static final int MILLIS_PER_SECOND = 1_000;
    /** After a day it is looked again: no timer is to wait for years. */
    private static final long EXPIRY_MILLIS_MAX = 86_400_000;

    private final Sessions node;
    private final Identity identity;
    private final Permits permits;
    private final Runnable expired;
    private OptionalLong timer;

    /** {@code expired} runs when the identity does not hold any longer, unless this has {@link #end ended} before. */
    Standing(Sessions node, Identity identity, Runnable expired) {
        this.node = node;
        this.identity = identity;
        this.permits = new Permits(identity.grants());
        this.expired = expired;
        this.timer = expiryTimer();
    }

    Identity identity() {
        return identity;
    }

    Permits permits() {
        return permits;
    }

    /** There where the identity does not hold for ever. */
    OptionalInt secondsLeft() {
        return identity.expiry()
                .map(expiry ->
                        OptionalInt.of((int) Math.min(millisUntil(expiry) / MILLIS_PER_SECOND, Integer.MAX_VALUE)))
                .orElse(OptionalInt.empty());
    }

    /**
     * Everybody's credentials last as long as configured; one whose token ends sooner gets no more than that. Of those that came
     * with the identity it is known only that there will be others with the next.
     */
    IceGrant iceGrant(LocalPeer peer) {
        OptionalInt left = secondsLeft();
        OptionalInt most = left.isPresent() ? OptionalInt.of(Math.max(1, left.getAsInt())) : left;
        return identity.iceServers()
                .map(own -> new IceGrant(own, most))
                .orElseGet(() -> node.ice.grant(peer.user(), peer.id(), most));
    }

    /** Another takes its place, or none. */
    void end() {
        timer.ifPresent(node.vertx::cancelTimer);
        timer = OptionalLong.empty();
    }

    private OptionalLong expiryTimer() {
        return identity.expiry()
                .map(expiry -> Math.min(Math.max(1, millisUntil(expiry)), EXPIRY_MILLIS_MAX))
                .map(millis -> OptionalLong.of(node.vertx.setTimer(millis, fired -> look())))
                .orElse(OptionalLong.empty());
    }

    private void look() {
        timer = OptionalLong.empty();
        if (identity.expiry()
                .filter(expiry -> node.clock.instant().isBefore(expiry))
                .isPresent()) {
            timer = expiryTimer();
        } else {
            expired.run();
        }
    }

    private long millisUntil(Instant expiry) {
        return Math.max(0, Duration.between(node.clock.instant(), expiry).toMillis());
    }
}
