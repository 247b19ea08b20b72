package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Who does not come back is missed when the window is over: not before, and not much later. */
class WindowTest {
    private static final int WINDOW_SECONDS = 10;
    private static final long WINDOW = WINDOW_SECONDS * Simulation.SECOND;
    /** Whole seconds are counted, and the death of a node is noticed within one. */
    private static final long LATE_MAX = 4 * Simulation.SECOND;

    private static final int SEEDS = 50;
    private static final int RACES = 200;
    /** Who comes back does so at most so long before the end or after it. */
    private static final long AROUND_THE_END = 50 * Simulation.MILLI;

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

    @Test
    void aPeerThatComesBackAsItsWindowEndsIsLostOrGoesOn() {
        Set<Boolean> ends = new HashSet<>();
        for (int seed = 1; seed <= RACES; seed++) {
            Loss loss = new Loss(seed);
            var unused = loss.lost.lose();
            ends.add(loss.goesOn());
        }
        assertEquals(Set.of(true, false), ends);
    }

    @Test
    void aPeerOfADeadNodeThatComesBackAsItsWindowEndsIsLostOrGoesOn() {
        Set<Boolean> ends = new HashSet<>();
        for (int seed = 1; seed <= RACES; seed++) {
            Loss loss = new Loss(seed);
            loss.cluster.kill(loss.cluster.nodes().get(1));
            ends.add(loss.goesOn());
        }
        assertEquals(Set.of(true, false), ends);
    }

    @Test
    void aPeerWhoseConnectionBrokeWhileItsNodeStoodStillHasItsWholeWindow() {
        Loss loss = new Loss(1);
        loss.cluster.nodes().get(1).router().stoodStill(WINDOW_SECONDS - 1);
        var unused = loss.lost.lose();
        loss.awaitInTime();
    }

    @Test
    void aPeerFoundGoneAfterItsNodeStoodStillForLongerThanThatIsLostAtOnce() {
        Loss loss = new Loss(1);
        loss.cluster.nodes().get(1).router().stoodStill(WINDOW_SECONDS);
        long began = loss.simulation.nowMicros();
        var unused = loss.lost.lose();
        loss.cluster.until(
                "the peer to be missed", () -> !loss.survivor.witness().sees(ROOM, loss.lost.id()));
        assertTrue(loss.simulation.nowMicros() - began < LATE_MAX);
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
            cluster = new SimulatedCluster(simulation, 3, WINDOW_SECONDS);
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
            assertEquals(1, timesLost());
            assertEquals(
                    0,
                    cluster.directory().sessions().values().stream()
                            .filter(session ->
                                    !session.node().equals(survivor.node().id()))
                            .count());
        }

        /** Its claim and the end of its window meet in the directory, and one of them wins. */
        boolean goesOn() {
            cluster.weather(Weather.UNEVEN);
            for (int second = 1; second <= WINDOW_SECONDS + 5; second++) {
                simulation.after(
                        second * Simulation.SECOND,
                        () -> cluster.nodes().forEach(node -> node.run(node.router()::tick)));
            }
            long claims = WINDOW + Simulation.SECOND + simulation.between(-AROUND_THE_END, AROUND_THE_END);
            List<Future<Boolean>> resumed = new ArrayList<>();
            simulation.after(
                    claims,
                    () -> resumed.add(
                            lost.resume(cluster.nodes().get(cluster.nodes().size() - 1))));
            simulation.run();
            boolean goesOn = resumed.get(0).result();
            assertEquals(goesOn ? 0 : 1, timesLost(), "seed " + seed);
            assertEquals(goesOn, survivor.witness().sees(ROOM, lost.id()), "seed " + seed);
            assertEquals(List.of(), cluster.complaints(), "seed " + seed);
            return goesOn;
        }

        private long timesLost() {
            return survivor.witness().told().stream()
                    .filter(new PeerLeft(ROOM, lost.id(), LeaveReason.LOST)::equals)
                    .count();
        }
    }
}
