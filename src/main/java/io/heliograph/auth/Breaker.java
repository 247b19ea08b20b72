package io.heliograph.auth;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/**
 * Keeps somebody from being asked who has failed several times in a row, and lets one question through from time to time, until
 * one is answered. Shared: any thread.
 */
final class Breaker {
    /** Several, since a single one may be the fault of what was asked. */
    static final int FAILURES_MAX = 5;
    /** Longer than a question may take: so there is only one at a time. */
    static final long REST_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** {@code lastNanos} is when it failed last, or was tried since. */
    private record State(int failures, long lastNanos) {}

    private static final State CLOSED = new State(0, 0);

    private final LongSupplier nanos;
    private final AtomicReference<State> state = new AtomicReference<>(CLOSED);

    /** {@code nanos} is a clock like {@link System#nanoTime()}. */
    Breaker(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Whether to ask now; {@link #succeeded} or {@link #failed} follows. */
    boolean admits() {
        State now = Objects.requireNonNull(state.get());
        if (now.failures < FAILURES_MAX) {
            return true;
        }
        long time = nanos.getAsLong();
        return time - now.lastNanos >= REST_NANOS && state.compareAndSet(now, new State(now.failures, time));
    }

    void succeeded() {
        state.set(CLOSED);
    }

    void failed() {
        long time = nanos.getAsLong();
        state.updateAndGet(last -> new State(Math.min(last.failures + 1, FAILURES_MAX), time));
    }
}
