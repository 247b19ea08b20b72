package io.heliograph.tracing;

import io.heliograph.fuzz.FuzzTarget;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Traces;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import java.nio.charset.StandardCharsets;

/** Whatever another node says that a relay's trace is, the relay is delivered. */
public class TraceFuzzTest extends FuzzTarget {
    private static final NodeId NODE = new NodeId("a", 0);
    private static final Traces TRACES =
            new OpenTelemetryTraces(SdkTracerProvider.builder().build().get("heliograph"), () -> true);

    public static void fuzzerTestOneInput(byte[] trace) {
        new TraceFuzzTest().check(trace);
    }

    @Override
    protected void check(byte[] trace) {
        String text = new String(trace, StandardCharsets.UTF_8);
        read(trace, bytes -> TRACES.delivery(NODE, text)).delivered(1);
    }
}
