package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may come back from a node that is gone counts, whatever the directory fails to say meanwhile. */
class OrphansTest {
    private static final int SEEDS = 100;
    private static final int WINDOW_SECONDS = 20;
    private static final Group TOPIC = Group.topic(new Name("news"));
    private static final Weather FORGETFUL_DIRECTORY = new Weather(5 * Simulation.MILLI, 0, 0, 0, 0.5);

    @Test
    void nobodyIsToldThatItPublishedToSubscribersOfADeadNode() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            SimulatedCluster cluster = new SimulatedCluster(new Simulation(seed), 3, WINDOW_SECONDS);
            Client publisher = cluster.enter(0);
            Client subscriber = cluster.enter(2);
            cluster.await(subscriber.subscribe(TOPIC.name()));
            cluster.kill();
            cluster.until(
                    "the death to be noticed",
                    () -> cluster.nodes().stream()
                            .noneMatch(node ->
                                    cluster.report(node).getJsonObject("gone").isEmpty()));
            cluster.weather(FORGETFUL_DIRECTORY);
            Future<Long> published = publisher.relayTo(TOPIC);
            cluster.until("an answer", published::isComplete);
            assertFalse(published.succeeded(), "seed " + seed);
            cluster.weather(Weather.CALM);
            cluster.await(subscriber.resume(cluster.nodes().get(1)));
            cluster.await(publisher.relayTo(TOPIC));
            assertEquals(List.of(), cluster.complaints());
        }
    }
}
