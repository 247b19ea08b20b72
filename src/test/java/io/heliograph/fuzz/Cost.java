package io.heliograph.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** What the current thread has taken so far: memory, and time on a processor, which a busy machine does not make longer. */
record Cost(long bytes, long nanos) {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final long BYTES_BASE = 1_048_576;
    private static final long BYTES_FACTOR = 64;
    private static final long NANOS_MAX = 1_000_000_000L;

    static Cost now() {
        return new Cost(THREADS.getCurrentThreadAllocatedBytes(), THREADS.getCurrentThreadCpuTime());
    }

    /** The most that reading so many bytes may take. */
    static Cost allowed(int length) {
        return new Cost(BYTES_BASE + BYTES_FACTOR * length, NANOS_MAX);
    }

    Cost since(Cost earlier) {
        return new Cost(bytes - earlier.bytes, nanos - earlier.nanos);
    }

    boolean isWithin(Cost allowed) {
        return bytes <= allowed.bytes && nanos <= allowed.nanos;
    }
}
