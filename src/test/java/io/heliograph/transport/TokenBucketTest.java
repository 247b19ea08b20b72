package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** How many frames may pass, and when the next one may. */
class TokenBucketTest {
    private static final int PER_SECOND = 20;
    private static final int BURST = 10 * PER_SECOND;
    private static final long SECOND = 1_000_000_000L;

    /** Far from zero, as the real clock may be, and close to its overflow. */
    private static final long START = Math.subtractExact(Long.MAX_VALUE, SECOND);

    private final TokenBucket bucket = new TokenBucket(PER_SECOND, START);

    @Test
    void tenSecondsWorthMayComeAtOnce() {
        for (int i = 0; i < BURST; i++) {
            assertFalse(bucket.isEmpty(START), "after " + i);
            bucket.take(1, START);
        }
        assertTrue(bucket.isEmpty(START));
    }

    @Test
    void anEmptyBucketGainsTheRateAlsoAcrossTheClocksOverflow() {
        empty(START);
        assertTrue(bucket.isEmpty(START + SECOND / PER_SECOND - 1));
        assertFalse(bucket.isEmpty(START + SECOND / PER_SECOND + 1));
        int passed = 0;
        long later = START + 3 * SECOND;
        while (!bucket.isEmpty(later)) {
            bucket.take(1, later);
            passed++;
        }
        assertEquals(3 * PER_SECOND, passed, 1);
    }

    @Test
    void itNeverHoldsMoreThanTheBurst() {
        long later = START + 1_000 * SECOND;
        empty(later);
        assertTrue(bucket.isEmpty(later));
    }

    @Test
    void itIsAtEaseOnceATenthIsFull() {
        empty(START);
        assertFalse(bucket.isAtEase(START + SECOND - SECOND / 100));
        assertTrue(bucket.isAtEase(START + SECOND + SECOND / 100));
    }

    @Test
    void whatIsMoreThanThereIsTakesLongerToComeBack() {
        bucket.take(2 * BURST, START);
        assertTrue(bucket.isEmpty(START + 10 * SECOND));
        assertFalse(bucket.isEmpty(START + 10 * SECOND + SECOND / 10));
    }

    @Test
    void aSteadyStreamAtTheRateIsNeverHeldBack() {
        long now = START;
        for (int i = 0; i < 10 * BURST; i++) {
            now += SECOND / PER_SECOND;
            assertFalse(bucket.isEmpty(now));
            bucket.take(1, now);
        }
    }

    private void empty(long now) {
        for (int i = 0; i < BURST; i++) {
            bucket.take(1, now);
        }
    }
}
