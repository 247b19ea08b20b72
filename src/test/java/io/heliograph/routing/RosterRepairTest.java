package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What chance finds too rarely: each is one run of events, step by step, after which rosters were once wrong. */
class RosterRepairTest {
    private static final Name ROOM = new Name("room");

    private final Simulation simulation = new Simulation(1);
    private final SimulatedCluster cluster = new SimulatedCluster(simulation, 2);
    private final NodeId one = cluster.nodes().get(0).id();
    private final NodeId other = cluster.nodes().get(1).id();

    @AfterEach
    void nobodyComplains() {
        assertEquals(List.of(), cluster.complaints());
    }

    private void pass(int seconds) {
        cluster.tick(seconds);
        long end = simulation.nowMicros() + seconds * Simulation.SECOND;
        simulation.at(end, () -> {});
        simulation.runUntil(() -> simulation.nowMicros() >= end, end);
    }

    private boolean hasSeats(NodeId node) {
        return Optional.ofNullable(cluster.directory().groups().get(Group.room(ROOM)))
                .filter(entry -> entry.seats().containsKey(node))
                .isPresent();
    }

    @Test
    void aNodeThatHadNoMembersForAMomentForgetsWhoWasThere() {
        Client leaver = cluster.enter(0);
        Client last = cluster.enter(1);
        Client next = cluster.enter(1);
        cluster.await(leaver.join(ROOM, 0));
        cluster.await(last.join(ROOM, 0));
        Future<Void> left = last.leave(ROOM);
        Future<Void> joined = next.join(ROOM, 0);
        cluster.until("the seat to be free", () -> !hasSeats(other));
        // The node does not know it yet, and does not hear that nobody is there any more.
        Runnable thaw = cluster.freeze(cluster.nodes().get(1));
        cluster.cut(one, other, Simulation.SECOND);
        cluster.await(leaver.leave(ROOM));
        thaw.run();
        cluster.await(Future.all(left, joined));
        pass(30);
        assertEquals(
                1, next.witness().told().size(), () -> next.witness().told().toString());
        assertEquals(List.of(), Consistency.differences(cluster, cluster.clients()));
    }

    @Test
    void aNodeThatDidNotHearOfAJoinIsToldAsSoonAsItHears() {
        Client resident = cluster.enter(1);
        Client joiner = cluster.enter(0);
        cluster.await(resident.join(ROOM, 0));
        cluster.cut(one, other, 3 * Simulation.SECOND);
        cluster.await(joiner.join(ROOM, 0));
        pass(5);
        assertTrue(resident.witness().sees(ROOM, joiner.id()));
        assertTrue(joiner.witness().sees(ROOM, resident.id()));
    }

    @Test
    void aLeaveThatWasNotHeardIsFoundOutByComparing() {
        Client resident = cluster.enter(1);
        Client leaver = cluster.enter(0);
        cluster.await(resident.join(ROOM, 0));
        cluster.await(leaver.join(ROOM, 0));
        cluster.cut(one, other, Simulation.SECOND);
        cluster.await(leaver.leave(ROOM));
        assertTrue(resident.witness().sees(ROOM, leaver.id()));
        pass(12);
        assertEquals(Map.of(), resident.witness().view(ROOM).orElseThrow().others());
    }
}
