package io.heliograph.bench;

import java.util.Arrays;

/** Times of many frames. One thread adds; what it added is read when it has gone on to others. */
final class Latencies {
    private long[] nanos = new long[1 << 16];
    private volatile int count;

    void add(long taken) {
        int next = count;
        if (next == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * next);
        }
        nanos[next] = taken;
        count = next + 1;
    }

    int count() {
        return count;
    }

    /** What the given share of the frames did not exceed. */
    double millis(double share) {
        int filled = count;
        long[] sorted = Arrays.copyOf(nanos, filled);
        Arrays.sort(sorted);
        return sorted[Math.min(filled - 1, (int) (filled * share))] / 1e6;
    }
}
