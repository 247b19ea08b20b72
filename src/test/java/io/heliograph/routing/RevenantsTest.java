package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What comes back into the directory when two parts of a cluster become one. */
class RevenantsTest {
    private static final int SEEDS = 100;
    /** More than there are looks. */
    private static final int ENDING = 12;

    private static final int WINDOW_SECONDS = 10;
    private static final Name ROOM = new Name("standup");
    private static final Name NEWS = new Name("news");
    private static final Name ANN = new Name("ann");

    @Test
    void whatEndedWhileANodeStoodStillIsNotThereForEver() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            Simulation simulation = new Simulation(seed);
            SimulatedCluster cluster = new SimulatedCluster(simulation, 3, WINDOW_SECONDS);
            Client stays = cluster.enter(1);
            List<Client> ending = new ArrayList<>();
            for (int i = 0; i < ENDING; i++) {
                Client ends = cluster.enter(1, Optional.of(ANN));
                cluster.await(ends.join(ROOM, 0));
                cluster.await(ends.subscribe(NEWS));
                ending.add(ends);
            }
            simulation.run();
            cluster.freezeTooLong(cluster.nodes().get(0));
            cluster.tick(40);
            simulation.after(
                    2 * Simulation.SECOND,
                    () -> ending.forEach(ends -> {
                        var unused = ends.exit(LeaveReason.LEFT);
                    }));
            simulation.run();
            assertEquals(Map.of(), cluster.directory().groups(), "seed " + seed);
            assertEquals(
                    List.of(stays.id()),
                    List.copyOf(cluster.directory().sessions().keySet()),
                    "seed " + seed);
        }
    }

    @Test
    void whoWasClaimedInTheOtherPartIsLetGo() {
        Simulation simulation = new Simulation(1);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 2, 10 * WINDOW_SECONDS);
        SimulatedCluster.Node here = cluster.nodes().get(0);
        SimulatedCluster.Node there = cluster.nodes().get(1);
        Client away = cluster.enter(0);
        cluster.await(away.lose());
        here.link.nodeVanishes(there.id());
        here.link.nodeAppears(there.id());
        // All has been said to the directory again, and it still knows nothing of the other part.
        pass(simulation, cluster, 12);
        SessionRecord claimed = Objects.requireNonNull(
                        cluster.directory().sessions().get(away.id()))
                .claimedBy(there.id(), Long.MAX_VALUE, "former", "key");
        cluster.merge(new Directory.Contents(Map.of(away.id(), claimed), Map.of()));
        pass(simulation, cluster, 8);
        assertEquals(0, here.router().peers());
    }

    private static void pass(Simulation simulation, SimulatedCluster cluster, int seconds) {
        long end = simulation.nowMicros() + seconds * Simulation.SECOND;
        cluster.until("time to pass", () -> simulation.nowMicros() >= end);
    }
}
