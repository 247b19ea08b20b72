package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.CallOutcome;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage.Accepted;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A call is counted once, where its caller is, as what became of it. */
class CallOutcomeTest {
    private static final Name BOB = new Name("bob");

    private final SimulatedCluster cluster = new SimulatedCluster(new Simulation(1), 2);
    private final Client caller = cluster.enter(0);
    private final Client device = cluster.enter(1, Optional.of(BOB));

    private CallId ring() {
        cluster.await(caller.call(BOB));
        return device.witness().calls().keySet().iterator().next();
    }

    private CallId taken() {
        CallId call = ring();
        cluster.await(device.accept(call));
        cluster.until("accepted", () -> !caller.witness().told(Accepted.class).isEmpty());
        return call;
    }

    private void counted(CallOutcome expected) {
        cluster.until("the end", () -> !outcomes().isEmpty());
        cluster.tick(2);
        assertEquals(List.of(expected), outcomes());
    }

    private List<CallOutcome> outcomes() {
        List<CallOutcome> counted = new ArrayList<>();
        for (SimulatedCluster.Node node : cluster.nodes()) {
            for (CallOutcome outcome : CallOutcome.values()) {
                for (int i = 0; i < node.facts.calls(outcome); i++) {
                    counted.add(outcome);
                }
            }
        }
        return counted;
    }

    @Test
    void oneThatWasTakenAndHungUpByTheOtherSide() {
        cluster.await(device.hangUp(taken()));
        counted(CallOutcome.COMPLETED);
    }

    @Test
    void oneThatWasTakenAndHungUpByItsCaller() {
        cluster.await(caller.hangUp(taken()));
        counted(CallOutcome.COMPLETED);
    }

    @Test
    void oneThatIsRejectedWithWordsOfTheServersOwn() {
        cluster.await(device.reject(ring(), CallEnding.NO_ANSWER));
        counted(CallOutcome.REJECTED);
    }

    @Test
    void oneThatItsCallerGivesUp() {
        cluster.await(caller.hangUp(ring()));
        counted(CallOutcome.CANCELLED);
    }

    @Test
    void oneThatNobodyTakes() {
        ring();
        cluster.tick(SimulatedCluster.RING_SECONDS + 1);
        counted(CallOutcome.NO_ANSWER);
    }

    @Test
    void oneWhoseCalledPeerLeaves() {
        ring();
        Future<Void> left = device.exit(LeaveReason.LEFT);
        cluster.await(left);
        counted(CallOutcome.LOST);
    }
}
