package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage.Accepted;
import io.heliograph.protocol.ServerMessage.Ring;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of a call when a node stands still or dies at the worst moment. */
class CallRepairTest {
    /** Longer than anything is waited for here. */
    private static final int WINDOW_SECONDS = 600;

    private static final Optional<Name> BOB = Optional.of(new Name("bob"));

    private final Simulation simulation = new Simulation(1);
    private final SimulatedCluster cluster = new SimulatedCluster(simulation, 3);
    private final Client caller = cluster.enter(0);
    private final Client device = cluster.enter(1, BOB);

    @AfterEach
    void nobodyComplainsAndAllAgree() {
        assertEquals(List.of(), cluster.complaints());
        assertEquals(List.of(), Consistency.differences(cluster, cluster.clients()));
    }

    private CallId ringing() {
        cluster.until("ringing", () -> ring().isPresent());
        return ring().orElseThrow().call();
    }

    private Optional<Ring> ring() {
        return device.witness().told(Ring.class).stream().findFirst();
    }

    @Test
    void whoTookACallWithoutHearingSoMayHangUp() {
        cluster.await(caller.call(new Name("bob")));
        CallId call = ringing();
        Runnable thaw = cluster.freeze(cluster.nodes().get(0));
        Future<Void> accepted = device.accept(call);
        cluster.until("the accept to be given up", accepted::isComplete);
        assertTrue(accepted.failed());
        thaw.run();
        cluster.until(
                "the caller to hear of it all the same",
                () -> !caller.witness().told(Accepted.class).isEmpty());
        cluster.await(device.hangUp(call));
        cluster.until("the end", () -> caller.witness().endings().equals(Map.of(call, CallEnding.HANGUP)));
    }

    @Test
    void whoTookACallHearsSoAlsoWhileTheDirectoryDoesNotAnswer() {
        cluster.await(caller.call(new Name("bob")));
        CallId call = ringing();
        cluster.weather(Weather.SILENT_DIRECTORY);
        long before = simulation.nowMicros();
        cluster.await(device.accept(call));
        long taken = simulation.nowMicros() - before;
        cluster.weather(Weather.CALM);
        assertTrue(taken < Simulation.SECOND, "accepted after " + taken + " µs");
        cluster.await(caller.hangUp(call));
        cluster.until("the end", () -> device.witness().endings().equals(Map.of(call, CallEnding.HANGUP)));
    }

    @Test
    void aCallThatIsTakenByAPeerOfADyingNodeIsLost() {
        Client other = cluster.enter(2, BOB);
        Runnable thaw = cluster.freeze(cluster.nodes().get(2));
        Future<Void> calling = caller.call(new Name("bob"));
        CallId call = ringing();
        // It waits until the frozen node has been given up; by then the device is gone.
        Future<Void> accepted = device.accept(call);
        cluster.kill(cluster.nodes().get(1));
        cluster.until("ringing", calling::isComplete);
        assertTrue(!accepted.succeeded());
        cluster.until("the end", () -> caller.witness().endings().equals(Map.of(call, CallEnding.LOST)));
        thaw.run();
        cluster.tick(30);
        simulation.run();
        assertEquals(Map.of(), other.witness().calls());
    }

    @Test
    void aCallThatRingsFromADeadNodeIsLostThoughItsCallerMayComeBack() {
        SimulatedCluster patient = new SimulatedCluster(simulation, 2, WINDOW_SECONDS);
        Client doomed = patient.enter(0);
        Client called = patient.enter(1, BOB);
        patient.await(doomed.call(new Name("bob")));
        patient.until("ringing", () -> called.witness().calls().size() == 1);
        CallId call = called.witness().calls().keySet().iterator().next();
        patient.kill(patient.nodes().get(0));
        patient.until("the end", () -> called.witness().endings().equals(Map.of(call, CallEnding.LOST)));
        assertEquals(List.of(), patient.complaints());
    }
}
