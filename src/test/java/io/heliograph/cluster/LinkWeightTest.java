package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.routing.NodeRequest;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is added to a frame adds to its weight. */
class LinkWeightTest {
    private static final PeerId PEER = new PeerId("p1");
    private static final String ADDED = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void thePayloadOfARelayWeighs() {
        assertWeighs(added -> new NodeRequest.ForwardToPeer(PEER, relayed(added), Optional.empty()));
        assertWeighs(added -> new NodeRequest.ForwardToGroup(relayed(added), Optional.empty()));
    }

    @Test
    void theTraceOfARelayWeighs() {
        assertWeighs(added -> new NodeRequest.ForwardToPeer(PEER, relayed(Optional.empty()), added));
        assertWeighs(added -> new NodeRequest.ForwardToGroup(relayed(Optional.empty()), added));
    }

    private static Relayed relayed(Optional<String> data) {
        return new Relayed(
                RelayType.MESSAGE,
                PEER,
                Optional.of(Group.room(new Name("standup"))),
                data.map(Payload::of),
                Sequence.NONE);
    }

    private static void assertWeighs(Function<Optional<String>, NodeRequest> request) {
        assertEquals(
                ADDED.length(), weight(request.apply(Optional.of(ADDED))) - weight(request.apply(Optional.empty())));
    }

    private static int weight(NodeRequest request) {
        return LinkWeight.of(new LinkFrame.Request(1, request));
    }
}
