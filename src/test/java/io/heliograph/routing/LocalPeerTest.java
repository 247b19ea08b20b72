package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Relayed;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What waits for a peer reaches the connection that goes on with its session. */
class LocalPeerTest {
    private static final ServerMessage FIRST = relayed("p2");
    private static final ServerMessage SECOND = relayed("p3");

    private final Told before = new Told();
    private final Told next = new Told();
    private final LocalPeer peer = new LocalPeer(
            new PeerId("p1"),
            Optional.empty(),
            Optional.empty(),
            new LocalPeer.Claim(1, "key", Optional.empty()),
            before);

    private static ServerMessage relayed(String from) {
        return new Relayed(RelayType.MESSAGE, new PeerId(from), Optional.empty(), Optional.empty(), Sequence.NONE);
    }

    private List<ServerMessage> goesOn() {
        peer.detach();
        peer.attach(next);
        peer.begin();
        return next.messages;
    }

    @Test
    void staysWhereTheConnectionWasSupersededBeforeItsWelcome() {
        assertTrue(peer.deliver(FIRST));
        assertTrue(peer.giveWay(CloseReason.RESUMED).succeeded());
        peer.begin();
        assertTrue(peer.deliver(SECOND));
        assertEquals(List.of(FIRST, SECOND), goesOn());
    }

    @Test
    void staysWhereTheConnectionWasClosedBeforeItsWelcome() {
        assertTrue(peer.deliver(FIRST));
        before.open = false;
        peer.begin();
        assertTrue(peer.deliver(SECOND));
        assertEquals(List.of(), before.messages);
        assertEquals(List.of(FIRST, SECOND), goesOn());
    }

    @Test
    void staysWhereTheConnectionIsClosedAndItsRequestsStillTakeEffect() {
        peer.begin();
        before.open = false;
        assertTrue(peer.deliver(FIRST));
        assertEquals(List.of(), before.messages);
        assertEquals(List.of(FIRST), goesOn());
    }
}
