package io.heliograph.transport;

/** Lets through {@code perSecond} of something in the long run, and ten times as much at once. */
final class TokenBucket {
    private static final int BURST_SECONDS = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final int perSecond;
    private double tokens;
    private long filledNanos;

    /** A full bucket. Here and below, {@code nowNanos} is the time by {@link System#nanoTime()}. */
    TokenBucket(int perSecond, long nowNanos) {
        this.perSecond = perSecond;
        this.tokens = (double) perSecond * BURST_SECONDS;
        this.filledNanos = nowNanos;
    }

    /** Also more than there is: then it takes longer until there is some again. */
    void take(int amount, long nowNanos) {
        fill(nowNanos);
        tokens -= amount;
    }

    /** Whether the next has to wait. */
    boolean isEmpty(long nowNanos) {
        fill(nowNanos);
        return tokens < 1;
    }

    /** Whether it is as full as one second fills it: whoever was held back has stopped pressing. */
    boolean isAtEase(long nowNanos) {
        fill(nowNanos);
        return tokens >= perSecond;
    }

    private void fill(long nowNanos) {
        double gained = (nowNanos - filledNanos) / NANOS_PER_SECOND * perSecond;
        tokens = Math.min((double) perSecond * BURST_SECONDS, tokens + gained);
        filledNanos = nowNanos;
    }
}
