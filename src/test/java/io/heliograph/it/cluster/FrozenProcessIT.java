package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a process keeps for another one that takes nothing any more, until it is known to be gone. */
class FrozenProcessIT {
    private static final int FRAMES_MAX = 8_000;
    private static final int HEAP_BYTES_MAX = 100_000_000;
    private static final String OVERFLOW = "heliograph_drops_total{reason=\"overflow\"}";

    @Test
    void whatIsSentToAProcessThatStandsStillIsBoundedAndItsSendersAreTold() {
        TestCluster cluster = TestCluster.start(
                2, Map.of("HELIOGRAPH_LIMITS_RATE", "10000", "HELIOGRAPH_LIMITS_BYTES", "1073741824"));
        try (TestClients clients = new TestClients()) {
            TestClient there = clients.enter(cluster.ports().get(1));
            TestClient sender = clients.enter(cluster.ports().get(0));
            there.join("bulky");
            sender.join("bulky");
            long before = cluster.server(0).liveHeapBytes();
            cluster.server(1).freeze();
            String text = "x".repeat(60_000);
            int sent = 0;
            while (cluster.server(0).management().metrics().getOrDefault(OVERFLOW, 0.0) == 0) {
                assertTrue(sent < FRAMES_MAX, "no overflow after " + sent + " frames of 60,000 bytes");
                for (int i = 0; i < 100; i++, sent++) {
                    sender.send(TestClient.message("to", there.peer(), text));
                }
                sender.settle();
            }
            sender.await("error", error -> "unavailable".equals(error.getString("code")));
            long kept = cluster.server(0).liveHeapBytes() - before;
            assertTrue(kept < HEAP_BYTES_MAX, "live heap: " + kept + " bytes more");
        } finally {
            // Vert.x logs an error for what a process cannot write any more to one that is gone.
            cluster.kill(0);
            cluster.kill(0);
            cluster.close();
        }
    }
}
