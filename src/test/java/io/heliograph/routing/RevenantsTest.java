package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
}
