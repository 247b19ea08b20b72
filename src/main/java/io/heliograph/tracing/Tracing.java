package io.heliograph.tracing;

import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Traces;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What follows the relays of this process, if anything does. Spans wait in a bounded queue and are sent by threads of their own:
 * where there is no room or nobody takes them, they are lost.
 */
public final class Tracing {
    private static final int CLOSE_SECONDS_MAX = 2;
    private static final String PATH = "/v1/traces";

    /** What goes wrong is said by {@link WatchedExporter}, once. Kept here, or its level would be forgotten with it. */
    private static final Logger OWN_WORDS = Logger.getLogger("io.opentelemetry");

    // Set once.
    private final Optional<SdkTracerProvider> provider;
    private final Traces traces;

    private Tracing(Optional<SdkTracerProvider> provider, Traces traces) {
        this.provider = provider;
        this.traces = traces;
    }

    /** Begins to follow as {@code settings} say, in the name of this process. */
    public static Tracing of(Settings.Tracing settings, String process, String version) {
        return settings.endpoint()
                .map(endpoint -> to(
                        new WatchedExporter(exporter(endpoint), endpoint, System::nanoTime),
                        settings,
                        process,
                        version))
                .orElseGet(() -> new Tracing(Optional.empty(), Traces.OFF));
    }

    private static Tracing to(SpanExporter exporter, Settings.Tracing settings, String process, String version) {
        OWN_WORDS.setLevel(Level.OFF);
        Resource resource = Resource.getDefault()
                .merge(Resource.create(Attributes.builder()
                        .put("service.name", "heliograph")
                        .put("service.version", version)
                        .put("service.instance.id", process)
                        .build()));
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .setResource(resource)
                .addSpanProcessor(BatchSpanProcessor.builder(exporter).build())
                .build();
        BooleanSupplier chosen = () -> ThreadLocalRandom.current().nextDouble() < settings.ratio();
        return new Tracing(Optional.of(provider), new OpenTelemetryTraces(provider.get("io.heliograph"), chosen));
    }

    private static SpanExporter exporter(String endpoint) {
        return OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint.replaceFirst("/+$", "") + PATH)
                .setMeterProvider(MeterProvider::noop)
                .build();
    }

    /** What the nodes of this process tell of relays. */
    public Traces traces() {
        return traces;
    }

    /** Sends what is left, as far as that goes within 2 s. */
    public Future<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        provider.ifPresentOrElse(
                open -> {
                    var unused = open.shutdown().whenComplete(() -> closed.complete(null));
                },
                () -> closed.complete(null));
        return Future.fromCompletionStage(closed.completeOnTimeout(null, CLOSE_SECONDS_MAX, TimeUnit.SECONDS));
    }
}
