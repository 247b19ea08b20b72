package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.vertx.core.Future;
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
        TwoParts parts = new TwoParts(10 * WINDOW_SECONDS);
        parts.cluster.await(parts.peer.lose());
        parts.meet();
        // All has been said to the directory again, and it still knows nothing of the other part.
        parts.pass(12);
        parts.claimThere();
        parts.pass(8);
        assertEquals(0, parts.here.router().peers());
    }

    @Test
    void whatStillComesOfWhoWasClaimedInTheOtherPartIsNotSent() {
        TwoParts parts = new TwoParts(10 * WINDOW_SECONDS);
        parts.cluster.await(parts.peer.subscribe(NEWS));
        parts.meet();
        parts.claimThere();
        parts.pass(2);
        assertEquals(1, parts.here.router().peers(), "the claimant may still speak up");
        Future<Long> published = parts.peer.relayTo(Group.topic(NEWS));
        parts.pass(1);
        assertEquals(ErrorCode.UNAVAILABLE, ((Refusal) published.cause()).code());
    }

    @Test
    void whoWasClaimedByANodeOutOfSightEndsWithItsWindow() {
        TwoParts parts = new TwoParts(WINDOW_SECONDS);
        parts.cluster.await(parts.peer.lose());
        parts.claimThere();
        parts.pass(WINDOW_SECONDS + 2);
        assertEquals(0, parts.here.router().peers());
    }

    /** A node has lost the other from sight. */
    private static final class TwoParts {
        final Simulation simulation = new Simulation(1);
        final SimulatedCluster cluster;
        final SimulatedCluster.Node here;
        final SimulatedCluster.Node there;
        final Client peer;

        TwoParts(int windowSeconds) {
            cluster = new SimulatedCluster(simulation, 2, windowSeconds);
            here = cluster.nodes().get(0);
            there = cluster.nodes().get(1);
            peer = cluster.enter(0);
            here.link.nodeVanishes(there.id());
        }

        /** They see each other again, but their directories are not one yet. */
        void meet() {
            here.link.nodeAppears(there.id());
        }

        void claimThere() {
            SessionRecord claimed = Objects.requireNonNull(
                            cluster.directory().sessions().get(peer.id()))
                    .claimedBy(there.id(), Long.MAX_VALUE, "former", "key");
            cluster.merge(new Directory.Contents(Map.of(peer.id(), claimed), Map.of()));
        }

        void pass(int seconds) {
            long end = simulation.nowMicros() + seconds * Simulation.SECOND;
            cluster.until("time to pass", () -> simulation.nowMicros() >= end);
        }
    }
}
