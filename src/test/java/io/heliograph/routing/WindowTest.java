package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import org.junit.jupiter.api.Test;

/** Who does not come back is missed when the window is over: not before, and not much later. */
class WindowTest {
    private static final int WINDOW_SECONDS = 10;
    private static final long WINDOW = WINDOW_SECONDS * Simulation.SECOND;
    /** Whole seconds are counted, and the death of a node is noticed within one. */
    private static final long LATE_MAX = 4 * Simulation.SECOND;

    private static final int SEEDS = 50;
    private static final Name ROOM = new Name("standup");

    @Test
    void aPeerWhoseConnectionBrokeIsLostAtTheEndOfItsWindow() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Loss loss = new Loss(seed);
            var unused = loss.lost.lose();
            loss.awaitInTime();
        }
    }

    @Test
    void aPeerOfADeadNodeIsLostAtTheEndOfItsWindow() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Loss loss = new Loss(seed);
            loss.cluster.kill(loss.cluster.nodes().get(1));
            loss.awaitInTime();
        }
    }

    private static final class Loss {
        private final int seed;
        private final Simulation simulation;
        private final SimulatedCluster cluster;
        private final Client survivor;
        private final Client lost;

        Loss(int seed) {
            this.seed = seed;
            simulation = new Simulation(seed);
            cluster = new SimulatedCluster(simulation, 2, WINDOW_SECONDS);
            survivor = cluster.enter(0);
            lost = cluster.enter(1);
            cluster.await(survivor.join(ROOM, 0));
            cluster.await(lost.join(ROOM, 0));
            simulation.run();
            simulation.after(simulation.between(0, Simulation.SECOND), () -> {});
            simulation.run();
        }

        void awaitInTime() {
            long began = simulation.nowMicros();
            assertTrue(survivor.witness().sees(ROOM, lost.id()));
            cluster.until("the peer to be missed", () -> !survivor.witness().sees(ROOM, lost.id()));
            long after = simulation.nowMicros() - began;
            assertTrue(after >= WINDOW, "seed " + seed + ": after " + after + " µs");
            assertFalse(after > WINDOW + LATE_MAX, "seed " + seed + ": after " + after + " µs");
            simulation.run();
            assertEquals(
                    1,
                    survivor.witness().told().stream()
                            .filter(new PeerLeft(ROOM, lost.id(), LeaveReason.LOST)::equals)
                            .count());
            assertEquals(
                    0,
                    cluster.directory().sessions().values().stream()
                            .filter(session ->
                                    !session.node().equals(survivor.node().id()))
                            .count());
        }
    }
}
