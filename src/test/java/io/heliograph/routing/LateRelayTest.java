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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What waits for the directory, or behind what does, while its sender loses the connection. */
class LateRelayTest {
    private static final Group NEWS = Group.topic(new Name("news"));
    private static final Duration LONG = Duration.ofSeconds(3);

    private final SlowDirectory directory = new SlowDirectory();
    /** Its end is known before the peer is away: what it has said still takes effect. */
    private final Told connection = new Told();

    private final Router router = new Router(
            directory,
            new LoopbackLink(new NodeId("self", 0)),
            SimulatedCluster.LIMITS,
            SimulatedCluster.RING_SECONDS,
            45,
            InstantSource.fixed(Instant.EPOCH),
            new CountedFacts(),
            Traces.OFF);
    private final LocalPeer sender = answered(
                    router.enter(new PeerId("p1"), Optional.empty(), Optional.empty(), connection))
            .peer();

    private <T> T answered(Future<T> asked) {
        directory.answerAll();
        return asked.result();
    }

    /** Somebody elsewhere is subscribed to where it goes. */
    private Future<Router.Sent> publish(Duration ago) {
        GroupEntry entry =
                new GroupEntry(0, 1, new TreeMap<>(Map.of(new NodeId("other", 0), new GroupEntry.Seats(1, 1))));
        answered(directory.replaceGroup(NEWS, Optional.empty(), Optional.of(entry)));
        Relay relay = new Relay(
                Optional.empty(), RelayType.MESSAGE, new Address.ToGroup(NEWS), Optional.empty(), Sequence.NONE);
        return router.relay(sender, relay, System.nanoTime() - ago.toNanos());
    }

    private static void assertTooLate(Future<Router.Sent> sent) {
        assertEquals(ErrorCode.UNAVAILABLE, ((Refusal) sent.cause()).code());
    }

    @Test
    void isNotSentWhenItsSenderMayHaveGoneOnElsewhere() {
        Future<Router.Sent> waiting = publish(LONG);
        connection.open = false;
        directory.answerAll();
        assertTooLate(waiting);
    }

    @Test
    void isNotSentBehindWhatHasWaited() {
        connection.open = false;
        assertTooLate(publish(LONG));
    }

    @Test
    void isNotSentForWhoIsAwayByThen() {
        Future<Router.Sent> waiting = publish(LONG);
        router.detach(sender);
        directory.answerAll();
        assertTooLate(waiting);
    }

    @Test
    void isSentWhenThatIsNoTime() {
        Future<Router.Sent> waiting = publish(Duration.ZERO);
        connection.open = false;
        directory.answerAll();
        assertTrue(waiting.succeeded());
    }

    @Test
    void isSentHoweverLateForWhomTheConnectionStays() {
        Future<Router.Sent> waiting = publish(LONG);
        directory.answerAll();
        assertTrue(waiting.succeeded());
    }
}
