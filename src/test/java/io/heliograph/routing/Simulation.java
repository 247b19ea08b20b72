package io.heliograph.routing;

import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** One thread, virtual time and seeded chance: the same seed gives the same run. */
final class Simulation implements InstantSource {
    static final long MILLI = 1_000;
    static final long SECOND = 1_000_000;

    private record Event(long atMicros, long number, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atMicros).thenComparingLong(Event::number));
    private final Random random;
    private long scheduled;
    private long nowMicros;

    Simulation(long seed) {
        random = new Random(seed);
    }

    Random random() {
        return random;
    }

    long nowMicros() {
        return nowMicros;
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plus(nowMicros, ChronoUnit.MICROS);
    }

    boolean chance(double probability) {
        return probability > 0 && random.nextDouble() < probability;
    }

    /** At least {@code from}, less than {@code to}. */
    long between(long from, long to) {
        return from >= to ? from : random.nextLong(from, to);
    }

    void after(long micros, Runnable action) {
        at(nowMicros + micros, action);
    }

    void at(long micros, Runnable action) {
        events.add(new Event(Math.max(micros, nowMicros), scheduled++, action));
    }

    /** Runs until nothing is left to do. */
    void run() {
        runUntil(() -> false, Long.MAX_VALUE);
    }

    /** Runs until {@code done}, or until the time is past {@code deadlineMicros}; answers whether it is done. */
    boolean runUntil(BooleanSupplier done, long deadlineMicros) {
        while (!done.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.atMicros > deadlineMicros) {
                return false;
            }
            events.remove();
            nowMicros = next.atMicros;
            next.action.run();
        }
        return true;
    }
}
