package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who sends to a peer finds it again, wherever it goes on. */
class WhereaboutsTest {
    private static final int WINDOW_SECONDS = 45;

    private final Simulation simulation = new Simulation(1);
    private final SimulatedCluster cluster = new SimulatedCluster(simulation, 3, WINDOW_SECONDS);
    private final Client sender = cluster.enter(0);
    private final Client target = cluster.enter(1);

    @AfterEach
    void nobodyComplains() {
        assertEquals(List.of(), cluster.complaints());
    }

    @Test
    void aPeerOfADeadNodeIsFoundWhereItGoesOnAlsoIfNobodySaidSo() {
        NodeId one = cluster.nodes().get(0).id();
        SimulatedCluster.Node dying = cluster.nodes().get(1);
        SimulatedCluster.Node next = cluster.nodes().get(2);
        cluster.kill(dying);
        cluster.until(
                "the death to be noticed",
                () -> !cluster.nodes().get(0).link.others().contains(dying.id()));
        Future<Long> lost = sender.relayTo(target.id());
        cluster.until("the way to the dead node", lost::isComplete);
        assertTrue(lost.failed());
        next.link.nodeVanishes(one);
        assertTrue(cluster.await(target.resume(next)));
        next.link.nodeAppears(one);
        cluster.await(sender.relayTo(target.id()));
    }

    @Test
    void whoWasNotToldThatAPeerHasGoneOnIsNotToldThatItIsGone() {
        NodeId one = cluster.nodes().get(0).id();
        SimulatedCluster.Node before = cluster.nodes().get(1);
        SimulatedCluster.Node next = cluster.nodes().get(2);
        cluster.await(sender.relayTo(target.id()));
        next.link.nodeVanishes(one);
        assertTrue(cluster.await(target.resume(next)));
        next.link.nodeAppears(one);
        cluster.until(
                "the peer to be gone from where it was", () -> before.router().peers() == 0);
        Future<Long> astray = sender.relayTo(target.id());
        cluster.until("what becomes of it", astray::isComplete);
        assertEquals(ErrorCode.UNAVAILABLE, ((Refusal) astray.cause()).code());
        cluster.await(sender.relayTo(target.id()));
    }

    @Test
    void nobodySeesAPeerLeaveThatHasGoneOnUnheard() {
        Name room = new Name("standup");
        SimulatedCluster.Node next = cluster.nodes().get(2);
        cluster.await(sender.join(room, 0));
        cluster.await(target.join(room, 0));
        cluster.cut(cluster.nodes().get(0).id(), next.id(), 12 * Simulation.SECOND);
        assertTrue(cluster.await(target.resume(next)));
        cluster.tick(40);
        simulation.runUntil(() -> false, simulation.nowMicros() + 40 * Simulation.SECOND);
        assertTrue(sender.witness().sees(room, target.id()));
        assertEquals(List.of(), sender.witness().told(PeerLeft.class));
    }
}
