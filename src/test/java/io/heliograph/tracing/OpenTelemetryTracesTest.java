package io.heliograph.tracing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Traces.DeliverySpan;
import io.heliograph.protocol.Traces.RelaySpan;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a span says, and what it does not. */
class OpenTelemetryTracesTest {
    private static final NodeId HERE = new NodeId("a1b2c3d4", 0);
    private static final NodeId THERE = new NodeId("e5f6a7b8", 1);
    private static final PeerId ALICE = new PeerId("pAlice");
    private static final Address TO_BOB = new Address.ToPeer(new PeerId("pBob"));
    private static final Name NAME = new Name("standup of the team");
    /** The beginning of what {@code printf 'standup of the team' | sha256sum} prints. */
    private static final String HASH = "d8d98298";

    private final CollectedSpans collector = new CollectedSpans();
    private final List<SpanData> ended = collector.spans;
    private final SdkTracerProvider provider = SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(collector))
            .build();
    private final OpenTelemetryTraces traces = new OpenTelemetryTraces(provider.get("test"), () -> true);

    @AfterEach
    void close() {
        provider.close();
    }

    @Test
    void aRelaySaysWhoSentWhatKindAndWhereItWent() {
        RelaySpan span = traces.relay(HERE, ALICE, RelayType.OFFER, TO_BOB);
        span.goes(RelayPath.LOCAL);
        span.goes(RelayPath.REMOTE);
        assertTrue(ended.isEmpty());
        span.accepted();
        SpanData relay = ended.get(0);
        assertEquals("relay", relay.getName());
        assertEquals(SpanKind.SERVER, relay.getKind());
        assertFalse(relay.getParentSpanContext().isValid());
        assertEquals(StatusCode.UNSET, relay.getStatus().getStatusCode());
        assertEquals(
                Map.of(
                        "heliograph.node", "a1b2c3d4.0",
                        "heliograph.peer", "pAlice",
                        "heliograph.type", "offer",
                        "heliograph.path", "remote",
                        "heliograph.outcome", "ok"),
                attributes(relay));
    }

    @Test
    void aRefusedRelaySaysWhy() {
        traces.relay(HERE, ALICE, RelayType.BYE, TO_BOB).refused(ErrorCode.PEER_UNREACHABLE);
        assertEquals(StatusCode.ERROR, ended.get(0).getStatus().getStatusCode());
        assertEquals("peer-unreachable", attributes(ended.get(0)).get("heliograph.outcome"));
    }

    @Test
    void aNameIsTheBeginningOfItsHash() {
        for (Group group : List.of(Group.room(NAME), Group.topic(NAME), Group.user(NAME))) {
            ended.clear();
            traces.relay(HERE, ALICE, RelayType.MESSAGE, new Address.ToGroup(group))
                    .accepted();
            assertEquals(
                    HASH,
                    attributes(ended.get(0)).get("heliograph." + group.kind().label()));
            assertFalse(ended.toString().contains("standup"), ended.toString());
        }
    }

    @Test
    void aDeliveryOnAnotherNodeIsAChildOfTheRelay() {
        RelaySpan relay = traces.relay(HERE, ALICE, RelayType.OFFER, TO_BOB);
        traces.delivery(THERE, relay.trace().orElseThrow()).delivered(3);
        relay.accepted();
        SpanData child = ended.get(0);
        SpanData parent = ended.get(1);
        assertEquals("deliver", child.getName());
        assertEquals(SpanKind.CONSUMER, child.getKind());
        assertEquals(parent.getTraceId(), child.getTraceId());
        assertEquals(parent.getSpanId(), child.getParentSpanId());
        assertTrue(child.getParentSpanContext().isRemote());
        assertEquals(
                Map.of("heliograph.node", "e5f6a7b8.1", "heliograph.peers", "3", "heliograph.outcome", "ok"),
                attributes(child));
    }

    @Test
    void aDeliveryToNobodySaysSo() {
        RelaySpan relay = traces.relay(HERE, ALICE, RelayType.OFFER, TO_BOB);
        traces.delivery(THERE, relay.trace().orElseThrow()).gone();
        assertEquals(Map.of("heliograph.node", "e5f6a7b8.1", "heliograph.outcome", "gone"), attributes(ended.get(0)));
        assertEquals(StatusCode.ERROR, ended.get(0).getStatus().getStatusCode());
    }

    @Test
    void aRelayThatIsNotChosenLeavesNothingBehind() {
        OpenTelemetryTraces choosy = new OpenTelemetryTraces(provider.get("test"), () -> false);
        assertSame(RelaySpan.NONE, choosy.relay(HERE, ALICE, RelayType.OFFER, TO_BOB));
        assertTrue(RelaySpan.NONE.trace().isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "trace",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"
            })
    void whatIsNoTraceOrOneThatIsNotKeptIsNotFollowed(String trace) {
        assertSame(DeliverySpan.NONE, traces.delivery(THERE, trace));
    }

    private static Map<String, String> attributes(SpanData span) {
        Map<String, String> attributes = new TreeMap<>();
        span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
        return attributes;
    }
}
