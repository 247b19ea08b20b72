package io.heliograph.bench;

import io.heliograph.it.harness.ServerProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Supplier;

/** What a burden does to those who do not cause it: runs with it and without, in interleaved pairs, printed as they come. */
final class Pairs {
    private static final int PAIRS = 5;
    private static final double NANOS_PER_MICRO = 1e3;

    /** Lets clients talk for a while, with the burden or without. */
    interface Leg {
        Latencies run(boolean burdened);
    }

    private record Measured(Latencies latencies, double cpuMicros) {}

    private final ServerProcess server;
    private final Leg leg;

    private Pairs(ServerProcess server, Leg leg) {
        this.server = server;
        this.leg = leg;
    }

    /** Prints each pair and the median ratio of the p99, beside {@code expectedMax} that it should not exceed. */
    static void compare(ServerProcess server, double expectedMax, Leg leg) {
        new Pairs(server, leg).compare(OptionalDouble.of(expectedMax));
    }

    /**
     * The same of an attack on {@code server}, with one on {@code another} beside it instead; and, to be seen what the machine has
     * to do with it, of that with none.
     */
    static void compareAttacks(
            ServerProcess server,
            ServerProcess another,
            double expectedMax,
            Function<ServerProcess, Latencies> attacked,
            Supplier<Latencies> calm) {
        System.out.println("with: this server is attacked; without: another one");
        compare(server, expectedMax, with -> attacked.apply(with ? server : another));
        System.out.println("with: another server is attacked; without: none");
        new Pairs(server, with -> with ? attacked.apply(another) : calm.get()).compare(OptionalDouble.empty());
    }

    private void compare(OptionalDouble expectedMax) {
        List<Double> ratios = new ArrayList<>();
        for (int pair = 0; pair < PAIRS; pair++) {
            // Which one comes first alternates.
            Measured first = measure(pair % 2 == 0);
            Measured second = measure(pair % 2 != 0);
            Measured with = pair % 2 == 0 ? first : second;
            Measured without = pair % 2 == 0 ? second : first;
            ratios.add(with.latencies.millis(0.99) / without.latencies.millis(0.99));
            System.out.printf(
                    "pair %d: p50/p99 with %.2f/%.2f ms, without %.2f/%.2f ms, ratio of p99 %.2f (%d and %d frames);"
                            + " server's processor time for each %.0f and %.0f us%n",
                    pair + 1,
                    with.latencies.millis(0.5),
                    with.latencies.millis(0.99),
                    without.latencies.millis(0.5),
                    without.latencies.millis(0.99),
                    ratios.get(pair),
                    with.latencies.count(),
                    without.latencies.count(),
                    with.cpuMicros,
                    without.cpuMicros);
        }
        System.out.printf(
                "ratio of p99: median %.2f, from %.2f to %.2f%s%n",
                median(ratios),
                ratios.stream().min(Double::compare).orElseThrow(),
                max(ratios),
                expectedMax.isPresent() ? " (expected: median <= " + expectedMax.getAsDouble() + ")" : "");
    }

    private Measured measure(boolean burdened) {
        Duration before = server.processorTime();
        Latencies latencies = leg.run(burdened);
        Duration used = server.processorTime().minus(before);
        return new Measured(latencies, used.toNanos() / NANOS_PER_MICRO / latencies.count());
    }

    static double median(List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    static double max(List<Double> values) {
        return values.stream().max(Double::compare).orElseThrow();
    }
}
