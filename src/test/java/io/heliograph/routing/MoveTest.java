package io.heliograph.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is sent to a session while it moves from one living node to another. */
class MoveTest {
    private static final int WINDOW_SECONDS = 45;
    private static final int SEEDS = 100;
    private static final int RELAYS = 60;
    private static final long PACE = 10 * Simulation.MILLI;
    private static final Name ROOM = new Name("standup");

    @Test
    void aStreamToARoomArrivesWholeAndInItsOrder() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            assertEquals(LongStream.rangeClosed(1, RELAYS).boxed().toList(), new Stream(seed).moved(), "seed " + seed);
        }
    }

    /** From a sender on one node to a receiver on its way between two others, where messages take unevenly long. */
    private static final class Stream {
        private final Simulation simulation;
        private final SimulatedCluster cluster;
        private final Client sender;
        private final Client receiver;

        Stream(int seed) {
            simulation = new Simulation(seed);
            cluster = new SimulatedCluster(simulation, 3, WINDOW_SECONDS);
            sender = cluster.enter(0);
            receiver = cluster.enter(1);
        }

        List<Long> moved() {
            cluster.await(sender.join(ROOM, 0));
            cluster.await(receiver.join(ROOM, 0));
            cluster.weather(Weather.UNEVEN);
            List<Future<Long>> sent = new ArrayList<>();
            for (int i = 0; i < RELAYS; i++) {
                simulation.after(i * PACE, () -> sent.add(sender.relayTo(ROOM)));
            }
            List<Future<Boolean>> resumed = new ArrayList<>();
            simulation.after(
                    RELAYS / 3 * PACE,
                    () -> resumed.add(receiver.resume(cluster.nodes().get(2))));
            simulation.run();
            assertTrue(resumed.get(0).result());
            assertEquals(List.of(), cluster.complaints());
            assertEquals(0, receiver.strays());
            assertTrue(sent.stream().allMatch(Future::succeeded));
            return receiver.witness().told().stream()
                    .filter(Relayed.class::isInstance)
                    .map(message ->
                            new String(((Relayed) message).data().orElseThrow().toBytes(), UTF_8))
                    .map(Long::valueOf)
                    .toList();
        }
    }
}
