package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who watches a user is told the truth in the end, whatever was not answered meanwhile. */
class PresenceRepairTest {
    private static final Name ANN = new Name("ann");

    private final Simulation simulation = new Simulation(1);
    private final SimulatedCluster cluster = new SimulatedCluster(simulation, 2);

    @AfterEach
    void nobodyComplains() {
        assertEquals(List.of(), cluster.complaints());
    }

    private boolean hasPeers(Name user) {
        return cluster.directory().groups().containsKey(Group.user(user));
    }

    @Test
    void whoBeginsToWatchAsTheLastPeerGoesHearsOfTheNextAlsoIfTheDirectoryIsSilent() {
        Client watcher = cluster.enter(0);
        Client last = cluster.enter(0, Optional.of(ANN));
        Future<Void> gone = last.exit(LeaveReason.LEFT);
        cluster.clients().remove(last);
        cluster.until("the seat to be free", () -> !hasPeers(ANN));
        // The node does not know it yet, and takes part no more once it does.
        cluster.await(watcher.watch(ANN));
        cluster.weather(Weather.SILENT_DIRECTORY);
        cluster.await(gone);
        simulation.run();
        cluster.weather(Weather.CALM);
        cluster.enter(1, Optional.of(ANN));
        cluster.tick(20);
        simulation.run();
        assertEquals(Map.of(ANN, 1), watcher.witness().presences());
        assertEquals(List.of(), Consistency.differences(cluster, cluster.clients()));
    }
}
