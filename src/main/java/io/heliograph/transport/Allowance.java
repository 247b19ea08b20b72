package io.heliograph.transport;

import io.heliograph.protocol.Limits;

/** How much a client may send: so many frames a second, and so many bytes. */
final class Allowance {
    private final TokenBucket frames;
    private final TokenBucket bytes;

    /** Full. Here and below, {@code nowNanos} is the time by {@link System#nanoTime()}. */
    Allowance(Limits limits, long nowNanos) {
        this.frames = new TokenBucket(limits.framesPerSecond(), nowNanos);
        this.bytes = new TokenBucket(limits.bytesPerSecond(), nowNanos);
    }

    /** So many frames have come, with so many bytes in all. */
    void take(int count, int length, long nowNanos) {
        frames.take(count, nowNanos);
        bytes.take(length, nowNanos);
    }

    /** Whether the next frame has to wait. */
    boolean isSpent(long nowNanos) {
        return frames.isEmpty(nowNanos) || bytes.isEmpty(nowNanos);
    }

    /** Whether there is a second's worth of both: whoever was held back has stopped pressing. */
    boolean isAtEase(long nowNanos) {
        return frames.isAtEase(nowNanos) && bytes.isAtEase(nowNanos);
    }
}
