package io.heliograph.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import java.util.Set;

/** Keeps the series of libraries to what {@code promtool check metrics} asks for: units that are not abbreviated, and a help text. */
final class PrometheusConventions implements MeterFilter {
    /** In milliseconds, in nanoseconds (there is {@code process.cpu} in seconds), and with the suffix of a histogram. */
    private static final Set<String> LEFT_OUT = Set.of("jvm.compilation.time", "process.cpu.time", "system.cpu.count");

    @Override
    public MeterFilterReply accept(Meter.Id id) {
        return LEFT_OUT.contains(id.getName()) ? MeterFilterReply.DENY : MeterFilterReply.NEUTRAL;
    }

    @Override
    public Meter.Id map(Meter.Id id) {
        return id.getDescription() == null && id.getName().startsWith("netty.")
                ? new Meter.Id(
                        id.getName(), Tags.of(id.getTags()), id.getBaseUnit(), "As Netty counts it", id.getType())
                : id;
    }
}
