package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.EarlierVersion;
import io.heliograph.it.harness.Roamer;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Processes of an earlier version and one of this, as in the middle of an update. */
class VersionsIT {
    private static final int EARLIER = 3;
    private static final int PEERS = 8;
    private static final String DEATH = "death";
    private static final String UPDATE = "update";

    @Test
    void clientsGoOnFromTheEarlierVersionToThisAndLoseNothing() {
        try (TestCluster cluster = TestCluster.startMixed(
                        EARLIER,
                        EarlierVersion.LINK_3,
                        EARLIER + 1,
                        Map.of(
                                "HELIOGRAPH_SESSION_WINDOW", "15",
                                "HELIOGRAPH_CALLS_RING", "120",
                                "HELIOGRAPH_DRAIN_DELAY", "1",
                                "HELIOGRAPH_DRAIN_WITHIN", "6"));
                TestClients clients = new TestClients()) {
            oneOfThemDies(cluster, clients);
            theOthersAreDrained(cluster, clients);
        }
    }

    /** Its clients go on in both versions. */
    private static void oneOfThemDies(TestCluster cluster, TestClients clients) {
        int here = EARLIER;
        Traveller toEarlier =
                new Traveller(clients, clients.enter(cluster.ports().get(0)));
        Traveller toThis = new Traveller(clients, clients.enter(cluster.ports().get(0)));
        List<TestClient> members = new ArrayList<>(List.of(
                toEarlier.now(),
                toThis.now(),
                clients.enter(cluster.ports().get(1)),
                clients.enter(cluster.ports().get(here))));
        members.forEach(client -> client.join(DEATH));
        cluster.kill(0);
        members.set(0, toEarlier.goTo(cluster.ports().get(1)));
        members.set(1, toThis.goTo(cluster.ports().get(here - 1)));
        for (TestClient sender : members) {
            TestClient.askFor(sender, TestClient.message("room", DEATH, "from " + sender.peer()));
        }
        for (TestClient receiver : members) {
            for (TestClient sender : members) {
                if (sender != receiver) {
                    receiver.await(
                            "message", message -> message.getString("data").equals("from " + sender.peer()));
                }
            }
            assertEquals(List.of(), receiver.frames("peer-left"));
        }
        members.forEach(member -> Await.soon(member.close(), "close"));
    }

    /** Their clients, who are in calls that ring, come to this one. */
    private static void theOthersAreDrained(TestCluster cluster, TestClients clients) {
        List<Integer> ports = cluster.ports();
        List<Roamer> roamers = IntStream.range(0, PEERS)
                .mapToObj(i -> Roamer.enter(clients, ports.get(i % ports.size()), ports, "user-" + i))
                .toList();
        roamers.forEach(roamer -> roamer.ask(TestClient.joining(UPDATE)));
        RoamingCall fromEarlier = RoamingCall.ring(roamers.get(0), roamers.get(2), "user-2");
        RoamingCall toEarlier = RoamingCall.ring(roamers.get(5), roamers.get(4), "user-4");
        try (Signals signals = new Signals(roamers, UPDATE)) {
            for (int earlier = 0; earlier < EARLIER - 1; earlier++) {
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
}
