package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ServerMessage.Dropped;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was accepted and is lost is told to its sender, whatever stands in the way. */
class UndeliveredTest {
    private static final int WINDOW_SECONDS = 10;
    private final Simulation simulation = new Simulation(1);
    private final SimulatedCluster cluster = new SimulatedCluster(simulation, 2, WINDOW_SECONDS);
    private final Client sender = cluster.enter(0);
    private final Client away = cluster.enter(1);

    private List<Dropped> dropped() {
        return sender.witness().told(Dropped.class);
    }

    @Test
    void aSenderWhoCannotBeFoundAtOnceIsToldLater() {
        cluster.await(away.lose());
        cluster.await(sender.relayTo(away.id()));
        cluster.weather(Weather.SILENT_DIRECTORY);
        simulation.after((WINDOW_SECONDS + 10) * Simulation.SECOND, () -> cluster.weather(Weather.CALM));
        cluster.until("the loss to be told", () -> !dropped().isEmpty());
        assertEquals(List.of(new Dropped(new Address.ToPeer(away.id()), 1, DropReason.EXPIRED)), dropped());
    }
}
