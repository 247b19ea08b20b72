package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.EarlierVersion;
import io.heliograph.it.harness.Roamer;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two processes of an earlier version and one of this, as in the middle of an update. */
class VersionsIT {
    private static final int EARLIER = 2;
    private static final int PROCESSES = 3;
    private static final int PEERS = 9;
    private static final String ROOM = "updated";

    private final TestClients clients = new TestClients();

    @SuppressWarnings("NullAway.Init")
    private TestCluster cluster;

    @BeforeEach
    void start() {
        cluster = TestCluster.startMixed(
                EARLIER,
                EarlierVersion.LINK_3,
                PROCESSES,
                Map.of(
                        "HELIOGRAPH_SESSION_WINDOW", "15",
                        "HELIOGRAPH_CALLS_RING", "120",
                        "HELIOGRAPH_DRAIN_DELAY", "1",
                        "HELIOGRAPH_DRAIN_WITHIN", "4"));
    }

    @AfterEach
    void stop() {
        clients.close();
        cluster.close();
    }

    @Test
    void clientsGoOnFromTheEarlierVersionToThisAndLoseNothing() {
        List<Roamer> roamers = IntStream.range(0, PEERS)
                .mapToObj(i -> Roamer.enter(clients, cluster.ports().get(i % PROCESSES), cluster.ports(), "user-" + i))
                .toList();
        roamers.forEach(roamer -> roamer.ask(TestClient.joining(ROOM)));
        RoamingCall fromEarlier = RoamingCall.ring(roamers.get(0), roamers.get(2), "user-2");
        RoamingCall toEarlier = RoamingCall.ring(roamers.get(5), roamers.get(4), "user-4");
        try (Signals signals = new Signals(roamers, ROOM)) {
            for (int earlier = 0; earlier < EARLIER; earlier++) {
                cluster.terminate(earlier);
                cluster.awaitEnd(earlier);
            }
            signals.stop();
            signals.assertAllCameOnceAndInOrder();
        }
        for (String type : List.of("peer-left", "error", "dropped", "call-ended")) {
            roamers.forEach(roamer -> assertEquals(List.of(), roamer.frames(type), () -> type + " seen by " + roamer));
        }
        fromEarlier.accept();
        toEarlier.accept();
    }

    @Test
    void whoseProcessDiesGoesOnInBothVersions() {
        TestClient there = clients.enter(cluster.ports().get(1));
        TestClient here = clients.enter(cluster.ports().get(2));
        Traveller toEarlier =
                new Traveller(clients, clients.enter(cluster.ports().get(0)));
        Traveller toThis = new Traveller(clients, clients.enter(cluster.ports().get(0)));
        List.of(there, here, toEarlier.now(), toThis.now()).forEach(client -> client.join(ROOM));
        cluster.kill(0);
        toEarlier.goTo(cluster.ports().get(0));
        toThis.goTo(cluster.ports().get(1));
        for (TestClient sender : List.of(there, here, toEarlier.now(), toThis.now())) {
            TestClient.askFor(sender, TestClient.message("room", ROOM, "from " + sender.peer()));
        }
        for (TestClient receiver : List.of(there, here, toEarlier.now(), toThis.now())) {
            for (TestClient sender : List.of(there, here, toEarlier.now(), toThis.now())) {
                if (!sender.peer().equals(receiver.peer())) {
                    receiver.await(
                            "message", message -> message.getString("data").equals("from " + sender.peer()));
                }
            }
            assertEquals(List.of(), receiver.frames("peer-left"));
        }
        Await.soon(here.close(), "close");
        Consistency.await(cluster);
    }
}
