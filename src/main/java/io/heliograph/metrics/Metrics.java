package io.heliograph.metrics;

import com.sun.management.OperatingSystemMXBean;
import io.heliograph.protocol.Facts;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.metrics.MetricsOptions;
import io.vertx.core.spi.VertxMetricsFactory;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.lang.management.ManagementFactory;
import java.util.EnumSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** All series of this process. Every method may be called from any thread. */
public final class Metrics {
    private static final double NANOS_PER_SECOND = 1e9;

    // Set once.
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final MicrometerFacts facts = new MicrometerFacts(registry);
    private final String registryName = UUID.randomUUID().toString();

    // Shared: any thread.
    private volatile IntSupplier clusterNodes = () -> 0;

    private volatile BooleanSupplier draining = () -> false;

    private volatile LongSupplier outboxAgeNanos = () -> 0;

    public Metrics() {
        registry.config().meterFilter(new PrometheusConventions());
        FunctionCounter.builder(
                        "process.cpu",
                        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class),
                        system -> system.getProcessCpuTime() / NANOS_PER_SECOND)
                .description("Processor time that this process has used")
                .baseUnit("seconds")
                .register(registry);
        new FileDescriptorMetrics().bindTo(registry);
        Gauge.builder("heliograph.cluster.nodes", this, metrics -> metrics.clusterNodes.getAsInt())
                .description("Processes in the cluster as this one sees it, itself included")
                .register(registry);
        Gauge.builder("heliograph.draining", this, metrics -> metrics.draining.getAsBoolean() ? 1 : 0)
                .description("1 while this process wants its clients to go elsewhere")
                .register(registry);
        Gauge.builder(
                        "heliograph.drain.remaining.peers",
                        this,
                        metrics -> metrics.draining.getAsBoolean() ? metrics.facts.peers() : 0)
                .description("Peers that are still to leave this process while it drains; 0 while it does not")
                .register(registry);
        Gauge.builder("heliograph.outbox.age", this, metrics -> metrics.outboxAgeNanos.getAsLong() / NANOS_PER_SECOND)
                .baseUnit("seconds")
                .description("How long what has waited longest for its client to read it has waited")
                .register(registry);
    }

    /** Says once what runs here: its version, and a short hash of what it was told. */
    public void describe(String version, String configuration) {
        Gauge.builder("heliograph.build.info", () -> 1)
                .description("Always 1; which version runs, on which Java")
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .register(registry);
        Gauge.builder("heliograph.configuration.info", () -> 1)
                .description("Always 1; a hash of the settings by which clients are served")
                .tag("hash", configuration)
                .register(registry);
    }

    /** Asks {@code wanted} from now on whether clients should go elsewhere, at each scrape and from any thread. */
    public void draining(BooleanSupplier wanted) {
        draining = wanted;
    }

    /** Asks {@code nanos} from now on how long the oldest outbox has waited for its client, at each scrape and from any thread. */
    public void outboxAge(LongSupplier nanos) {
        outboxAgeNanos = nanos;
    }

    /** Where this process's events are counted. */
    public Facts facts() {
        return facts;
    }

    /** Asks {@code nodes} from now on how many processes there are, at each scrape and from any thread. */
    public void clusterNodes(IntSupplier nodes) {
        clusterNodes = nodes;
    }

    /** What Vert.x measures itself with; goes together with {@link #options}. */
    public VertxMetricsFactory vertxMetrics() {
        return new MicrometerMetricsFactory(registry);
    }

    /**
     * Options for Vert.x that add its own, Netty's and the JVM's series.
     *
     * @param announced whether connections of clients begin with where they are from: Vert.x forgets that where it measures
     *     HTTP servers, so then it does not
     */
    public MetricsOptions options(boolean announced) {
        MicrometerMetricsOptions options = new MicrometerMetricsOptions()
                .setEnabled(true)
                // Vert.x keeps registries by name in a static map: a shared name would be somebody else's registry.
                .setRegistryName(registryName)
                .setJvmMetricsEnabled(true)
                .setNettyMetricsEnabled(true)
                // Not the HTTP method, though Vert.x would: a client may send any word, and each would be a new series.
                .setLabels(EnumSet.of(Label.HTTP_CODE, Label.POOL_TYPE, Label.POOL_NAME, Label.EB_SIDE));
        return announced ? options.addDisabledMetricsCategory(MetricsDomain.HTTP_SERVER) : options;
    }

    /** All series in Prometheus's text format. Takes milliseconds: not for an event loop. */
    public String scrape() {
        return registry.scrape();
    }
}
