package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.SessionToken;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Tokens that this node does not know, of which another one that is out of sight may have been the giver. */
class MissedTokenTest {
    private static final int WINDOW_SECONDS = 20;

    private final SimulatedCluster cluster = new SimulatedCluster(new Simulation(1), 3, WINDOW_SECONDS);
    private final Client client = cluster.enter(1, Optional.empty());

    private Optional<Router.Resumption> show(PeerId peer) {
        SimulatedCluster.Node node = cluster.nodes().get(0);
        return cluster.await(
                cluster.call(node, () -> node.router().resume(SessionToken.random(peer), user -> true, new Told())));
    }

    private void pass(int seconds) {
        cluster.tick(seconds);
        Simulation simulation = cluster.simulation();
        simulation.runUntil(() -> false, simulation.nowMicros() + seconds * Simulation.SECOND);
    }

    @Test
    void isWorthNothingWhereAllNodesAreInSight() {
        assertEquals(Optional.empty(), show(client.id()));
    }

    @Test
    void isToBeShownAgainWhileOneIsNot() {
        cluster.kill(cluster.nodes().get(2));
        pass(2);
        assertEquals(
                ErrorCode.UNAVAILABLE,
                assertThrows(Refusal.class, () -> show(client.id())).code());
        pass(WINDOW_SECONDS + 2);
        assertEquals(Optional.empty(), show(client.id()));
    }

    @Test
    void isWorthNothingWhereTheSessionHasEndedHere() {
        cluster.kill(cluster.nodes().get(2));
        pass(2);
        assertEquals(Optional.empty(), show(new PeerId("nobody")));
    }
}
