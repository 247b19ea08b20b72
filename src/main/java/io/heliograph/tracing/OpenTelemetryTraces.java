package io.heliograph.tracing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Traces;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the relays that are followed as spans: {@code relay} on the sender's node, and below it a {@code deliver} on each other
 * node that delivers it. The sender's node alone chooses which.
 */
final class OpenTelemetryTraces implements Traces {
    private static final AttributeKey<String> NODE = AttributeKey.stringKey("heliograph.node");
    private static final AttributeKey<String> PEER = AttributeKey.stringKey("heliograph.peer");
    private static final AttributeKey<String> TYPE = AttributeKey.stringKey("heliograph.type");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("heliograph.path");
    private static final AttributeKey<Long> PEERS = AttributeKey.longKey("heliograph.peers");
    /** Of what its sender is answered: {@code ok} or the code of the error; of a delivery {@code ok} or {@code gone}. */
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("heliograph.outcome");

    private static final String OK = "ok";

    private static final W3CTraceContextPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final String TRACE_PARENT = "traceparent";

    /** Reads a text as if it were the one header of a request. */
    private static final TextMapGetter<String> AS_HEADER = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(String trace) {
            return List.of(TRACE_PARENT);
        }

        @Override
        public @Nullable String get(@Nullable String trace, String key) {
            return key.equals(TRACE_PARENT) ? trace : null;
        }
    };

    private final Tracer tracer;
    private final BooleanSupplier chosen;

    /** {@code chosen} is asked about each relay of a peer of this process, by any thread. */
    OpenTelemetryTraces(Tracer tracer, BooleanSupplier chosen) {
        this.tracer = tracer;
        this.chosen = chosen;
    }

    @Override
    public RelaySpan relay(NodeId node, PeerId sender, RelayType type, Address to) {
        if (!chosen.getAsBoolean()) {
            return RelaySpan.NONE;
        }
        SpanBuilder builder = tracer.spanBuilder("relay")
                .setNoParent()
                .setSpanKind(SpanKind.SERVER)
                .setAttribute(NODE, node.toString())
                .setAttribute(PEER, sender.value())
                .setAttribute(TYPE, type.label());
        groupIn(to)
                .ifPresent(group -> builder.setAttribute(
                        "heliograph." + group.kind().label(), group.name().fingerprint()));
        Span span = builder.startSpan();
        return new Followed(span, Optional.of(traceParent(span.getSpanContext())));
    }

    @Override
    public DeliverySpan delivery(NodeId node, String trace) {
        Context sender = W3C.extract(Context.root(), trace, AS_HEADER);
        return Span.fromContext(sender).getSpanContext().isSampled()
                ? new Delivery(tracer.spanBuilder("deliver")
                        .setParent(sender)
                        .setSpanKind(SpanKind.CONSUMER)
                        .setAttribute(NODE, node.toString())
                        .startSpan())
                : DeliverySpan.NONE;
    }

    private static Optional<Group> groupIn(Address address) {
        return address.match(to -> Optional.empty(), to -> Optional.of(to.group()));
    }

    private static String traceParent(SpanContext span) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
    }

    private record Followed(Span span, Optional<String> trace) implements RelaySpan {
        @Override
        public void goes(RelayPath path) {
            span.setAttribute(PATH, path.label());
        }

        @Override
        public void accepted() {
            span.setAttribute(OUTCOME, OK).end();
        }

        @Override
        public void refused(ErrorCode code) {
            span.setAttribute(OUTCOME, code.label()).setStatus(StatusCode.ERROR).end();
        }
    }

    private record Delivery(Span span) implements DeliverySpan {
        @Override
        public void delivered(int peers) {
            span.setAttribute(PEERS, (long) peers).setAttribute(OUTCOME, OK).end();
        }

        @Override
        public void gone() {
            span.setAttribute(OUTCOME, "gone").setStatus(StatusCode.ERROR).end();
        }
    }
}
