package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.EarlierVersion;
import io.heliograph.it.harness.Roamer;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Processes of two earlier versions and one of this, as in the middle of an update. */
class VersionsIT {
    private static final int PEERS = 8;
    private static final String ROOM = "room";
    private static final String UPDATE = "update";

    @Test
    void clientsGoOnFromEarlierVersionsToThisAndLoseNothing() {
        try (TestCluster cluster = TestCluster.startMixed(
                        List.of(EarlierVersion.LINK_3, EarlierVersion.LINK_4),
                        3,
                        Map.of(
                                "HELIOGRAPH_SESSION_WINDOW", "15",
                                "HELIOGRAPH_CALLS_RING", "120",
                                "HELIOGRAPH_DRAIN_DELAY", "1",
                                "HELIOGRAPH_DRAIN_WITHIN", "6"));
                TestClients clients = new TestClients()) {
            theOldestDies(cluster, clients);
            theOtherIsDrained(cluster, clients);
        }
    }

    /** Its clients go on in both versions, as do those who move to it and from it before. */
    private static void theOldestDies(TestCluster cluster, TestClients clients) {
        List<Integer> ports = cluster.ports();
        List<Traveller> members = IntStream.range(0, 2 * ports.size())
                .mapToObj(i -> new Traveller(clients, clients.enter(ports.get(i % ports.size()))))
                .toList();
        members.forEach(member -> member.now().join(ROOM));
        allHearAll(members, "where they came");
        for (int i = 0; i < members.size(); i++) {
            members.get(i).goTo(ports.get((i + 1 + i / ports.size()) % ports.size()));
        }
        allHearAll(members, "after a move");
        List<Traveller> bereft = List.of(members.get(2), members.get(4));
        cluster.kill(0);
        for (int i = 0; i < bereft.size(); i++) {
            bereft.get(i).goTo(ports.get(i + 1));
        }
        allHearAll(members, "after a death");
        members.forEach(member -> assertEquals(List.of(), member.frames("peer-left")));
        members.forEach(member -> Await.soon(member.now().close(), "close"));
    }

    private static void allHearAll(List<Traveller> members, String when) {
        for (Traveller sender : members) {
            TestClient.askFor(sender.now(), TestClient.message("room", ROOM, when));
        }
        for (Traveller receiver : members) {
            for (Traveller sender : members) {
                if (sender != receiver) {
                    receiver.now()
                            .await(
                                    "message",
                                    message -> message.getString("data").equals(when)
                                            && message.getString("from").equals(sender.peer()));
                }
            }
        }
    }

    /** Its clients, who are in calls that ring, come to this version. */
    private static void theOtherIsDrained(TestCluster cluster, TestClients clients) {
        List<Integer> ports = cluster.ports();
        List<Roamer> roamers = IntStream.range(0, PEERS)
                .mapToObj(i -> Roamer.enter(clients, ports.get(i % ports.size()), ports, "user-" + i))
                .toList();
        roamers.forEach(roamer -> roamer.ask(TestClient.joining(UPDATE)));
        RoamingCall fromEarlier = RoamingCall.ring(roamers.get(0), roamers.get(1), "user-1");
        RoamingCall toEarlier = RoamingCall.ring(roamers.get(3), roamers.get(2), "user-2");
        try (Signals signals = new Signals(roamers, UPDATE)) {
            cluster.terminate(0);
            cluster.awaitEnd(0);
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
