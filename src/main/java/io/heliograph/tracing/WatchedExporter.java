package io.heliograph.tracing;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says that spans are lost since nobody takes them, at most once a minute. */
final class WatchedExporter implements SpanExporter {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedExporter.class);
    private static final long WARN_NANOS_MIN = TimeUnit.MINUTES.toNanos(1);

    private final SpanExporter exporter;
    private final String endpoint;
    private final LongSupplier nanoTime;

    // Shared: any thread.
    private final AtomicLong quietUntil;

    private final AtomicLong lost = new AtomicLong();

    /** {@code nanoTime} is that of {@link System#nanoTime}. */
    WatchedExporter(SpanExporter exporter, String endpoint, LongSupplier nanoTime) {
        this.exporter = exporter;
        this.endpoint = endpoint;
        this.nanoTime = nanoTime;
        this.quietUntil = new AtomicLong(nanoTime.getAsLong());
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        int count = spans.size();
        CompletableResultCode result = exporter.export(spans);
        return result.whenComplete(() -> {
            if (!result.isSuccess()) {
                warn(count, Optional.ofNullable(result.getFailureThrowable()));
            }
        });
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }

    private void warn(int count, Optional<Throwable> cause) {
        lost.addAndGet(count);
        long now = nanoTime.getAsLong();
        long until = quietUntil.get();
        if (now - until >= 0 && quietUntil.compareAndSet(until, now + WARN_NANOS_MIN)) {
            LOG.warn(
                    "traces lost endpoint={} spans={} cause={}",
                    endpoint,
                    lost.getAndSet(0),
                    cause.map(WatchedExporter::root).orElse("unknown"));
        }
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }
}
