package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.Traces;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What waits for the directory while its sender loses the connection. */
class LateRelayTest {
    private static final Group NEWS = Group.topic(new Name("news"));
    private static final int LONG = 3;

    private final SlowDirectory directory = new SlowDirectory();
    private final Router router = new Router(
            directory,
            new LoopbackLink(new NodeId("self", 0)),
            SimulatedCluster.LIMITS,
            10,
            45,
            InstantSource.fixed(Instant.EPOCH),
            new CountedFacts(),
            Traces.OFF);
    private final LocalPeer sender = answered(
                    router.enter(new PeerId("p1"), Optional.empty(), Optional.empty(), new Told()))
            .peer();
    private final Future<Router.Sent> waiting = waiting();

    private <T> T answered(Future<T> asked) {
        directory.answerAll();
        return asked.result();
    }

    /** Somebody elsewhere is subscribed to where it goes. */
    private Future<Router.Sent> waiting() {
        GroupEntry entry =
                new GroupEntry(0, 1, new TreeMap<>(Map.of(new NodeId("other", 0), new GroupEntry.Seats(1, 1))));
        answered(directory.replaceGroup(NEWS, Optional.empty(), Optional.of(entry)));
        Relay relay = new Relay(
                Optional.empty(), RelayType.MESSAGE, new Address.ToGroup(NEWS), Optional.empty(), Sequence.NONE);
        return router.relay(sender, relay, 0);
    }

    private void passes(int seconds) {
        for (int i = 0; i < seconds; i++) {
            router.tick();
        }
    }

    @Test
    void isNotSentWhenItMayHaveGoneOnElsewhere() {
        router.detach(sender);
        passes(LONG);
        directory.answerAll();
        assertEquals(ErrorCode.UNAVAILABLE, ((Refusal) waiting.cause()).code());
    }

    @Test
    void isSentWhenThatIsNoTime() {
        router.detach(sender);
        directory.answerAll();
        assertTrue(waiting.succeeded());
    }

    @Test
    void isSentHoweverLateForWhomTheConnectionStays() {
        passes(LONG);
        directory.answerAll();
        assertTrue(waiting.succeeded());
    }
}
