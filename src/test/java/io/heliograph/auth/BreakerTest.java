package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class BreakerTest {
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final Breaker breaker = new Breaker(nanos::get);

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            breaker.failed();
        }
    }

    @Test
    void failuresAreCountedInARowOnly() {
        fail(Breaker.FAILURES_MAX - 1);
        assertTrue(breaker.admits());
        breaker.succeeded();
        fail(Breaker.FAILURES_MAX - 1);
        assertTrue(breaker.admits());
        breaker.failed();
        assertFalse(breaker.admits());
    }

    @Test
    void afterARestOneMayTryAndOnSuccessAll() {
        fail(Breaker.FAILURES_MAX);
        nanos.addAndGet(Breaker.REST_NANOS - 1);
        assertFalse(breaker.admits());
        nanos.incrementAndGet();
        assertTrue(breaker.admits());
        assertFalse(breaker.admits(), "one at a time");
        breaker.succeeded();
        assertTrue(breaker.admits());
        assertTrue(breaker.admits());
    }

    @Test
    void aTryThatFailsBeginsTheRestAnew() {
        fail(Breaker.FAILURES_MAX);
        nanos.addAndGet(Breaker.REST_NANOS);
        assertTrue(breaker.admits());
        nanos.addAndGet(Breaker.REST_NANOS / 2);
        breaker.failed();
        nanos.addAndGet(Breaker.REST_NANOS - 1);
        assertFalse(breaker.admits());
        nanos.incrementAndGet();
        assertTrue(breaker.admits());
    }

    @Test
    void aTryOfWhichNothingIsHeardIsFollowedByAnother() {
        fail(Breaker.FAILURES_MAX);
        nanos.addAndGet(Breaker.REST_NANOS);
        assertTrue(breaker.admits());
        nanos.addAndGet(Breaker.REST_NANOS);
        assertTrue(breaker.admits());
    }
}
