package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.Roster;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Three processes, which are restarted, stand still and end from one moment to the next, with everybody on them. */
@TestMethodOrder(OrderAnnotation.class)
class ThreeProcessesIT {
    private static final int PROCESSES = 3;
    private static final int PEERS_PER_PROCESS = 4;
    private static final int ROUNDS = Boolean.getBoolean("heliograph.long") ? 5 : 1;
    private static final String ROOM = "rolling";

    private static final int PEERS = 300;
    private static final int ROOMS = 100;
    private static final int ROOMS_PER_PEER = 3;
    private static final Duration WATCH = Duration.ofSeconds(5);

    @SuppressWarnings("NullAway.Init")
    private static TestCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeAll
    static void start() {
        cluster = TestCluster.start(PROCESSES, Map.of("HELIOGRAPH_SESSION_WINDOW", "5"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @BeforeEach
    void open() {
        clients = new TestClients();
    }

    @AfterEach
    void everybodyLeavesAndNothingIsLeft() {
        clients.close();
        Consistency.awaitEmpty(cluster);
    }

    @Test
    @Order(1)
    void nobodyLeavesAndNoRouteIsStaleAndAllRostersAreEqualAfterEachStepOfARollingRestart() {
        List<List<TestClient>> members = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            members.add(joined(clients, cluster.ports().get(i)));
        }
        assertWhole(cluster, members);
        long began = System.nanoTime();
        for (int step = 0; step < ROUNDS * PROCESSES; step++) {
            restart(cluster, clients, members, step % PROCESSES);
        }
        System.out.println("rolling restart: " + ROUNDS + " rounds of three in "
                + (System.nanoTime() - began) / 1_000_000 + " ms");
    }

    @Test
    @Order(2)
    void aProcessThatStoodStillIsForgottenAndComesBack() {
        List<TestClient> peers = clients.enter(9, cluster.ports());
        peers.forEach(peer -> peer.join("frozen"));
        List<TestClient> awake = new ArrayList<>(peers);
        List<TestClient> frozen = every(peers, 2);
        awake.removeAll(frozen);

        long began = System.nanoTime();
        cluster.server(2).freeze();
        Await.until(
                Duration.ofSeconds(30),
                () -> awake.stream()
                        .filter(peer -> peer.frames("peer-left").size() < frozen.size())
                        .map(peer -> "not all seen by " + peer)
                        .findFirst());
        System.out.println("frozen process: forgotten after " + (System.nanoTime() - began) / 1_000_000 + " ms");
        began = System.nanoTime();
        cluster.server(2).thaw();
        // Their connections lasted: they are members again, for everybody.
        Await.until(
                Duration.ofSeconds(60),
                () -> peers.stream()
                        .filter(peer -> Roster.seenBy(peer, "frozen").size() != peers.size())
                        .map(peer -> "seen by " + peer + ": "
                                + Roster.seenBy(peer, "frozen").keySet())
                        .findFirst());
        System.out.println("frozen process: whole again after " + (System.nanoTime() - began) / 1_000_000 + " ms");
        Consistency.await(cluster);
        Pairs.assertRelays(peers);
    }

    @Test
    @Order(3)
    void everySurvivorSeesEveryPeerOfTheDeadNodeLeaveEachRoomOnce() {
        List<TestClient> peers = clients.enter(PEERS, cluster.ports());
        joinAll(peers);
        Consistency.await(cluster);

        long killed = System.nanoTime();
        cluster.kill(0);
        List<TestClient> dead = every(peers, 0);
        List<TestClient> survivors = new ArrayList<>(peers);
        survivors.removeAll(dead);
        Map<TestClient, Set<String>> expected = new HashMap<>();
        survivors.forEach(survivor -> expected.put(survivor, departuresFor(peers, survivor, dead)));
        Await.until(
                Duration.ofSeconds(30),
                () -> survivors.stream()
                        .filter(survivor -> survivor.frames("peer-left").size()
                                < expected.getOrDefault(survivor, Set.of()).size())
                        .map(survivor -> "not all seen by " + survivor)
                        .findFirst());
        long seen = lastDeparture(survivors) - killed;
        Await.until(Duration.ofSeconds(30), () -> Consistency.problem(cluster.states()));
        long clean = System.nanoTime() - killed;

        Await.throughout(
                WATCH,
                () -> survivors.stream()
                        .filter(survivor -> survivor.frames("peer-left").size()
                                != expected.getOrDefault(survivor, Set.of()).size())
                        .map(survivor -> "more seen by " + survivor)
                        .findFirst());
        survivors.forEach(survivor -> assertDepartures(survivor, expected.getOrDefault(survivor, Set.of())));
        assertEquals(Optional.empty(), Consistency.problem(cluster.states()));
        for (int room = 0; room < ROOMS; room++) {
            assertRosters(cluster, survivors, room);
        }
        Pairs.assertRelays(survivors.subList(0, 10));
        JsonObject gone =
                survivors.get(0).ask(TestClient.message("to", dead.get(0).peer(), 1));
        assertEquals("peer-unreachable", gone.getString("code"));
        System.out.println("kill -9 of one of three: every survivor saw every departure after " + seen / 1_000_000
                + " ms, directory clean after " + clean / 1_000_000 + " ms");
    }

    private static void joinAll(List<TestClient> peers) {
        List<Future<JsonObject>> joins = new ArrayList<>();
        for (int i = 0; i < peers.size(); i++) {
            for (String room : roomsOf(i)) {
                joins.add(peers.get(i).askSoon(TestClient.joining(room)));
            }
        }
        Await.soon(Future.all(joins), "joins");
        joins.forEach(join -> assertEquals("joined", join.result().getString("type"), join.toString()));
    }

    /** Peers {@code 3k} to {@code 3k + 2} are on different processes and in the same rooms. */
    private static Set<String> roomsOf(int index) {
        Set<String> rooms = new TreeSet<>();
        for (int i = 0; i < ROOMS_PER_PEER; i++) {
            rooms.add("room-" + (index / 3 + i) % ROOMS);
        }
        return rooms;
    }

    /** The peers on one process. */
    private static List<TestClient> every(List<TestClient> peers, int process) {
        List<TestClient> found = new ArrayList<>();
        for (int i = process; i < peers.size(); i += 3) {
            found.add(peers.get(i));
        }
        return found;
    }

    private static Set<String> departuresFor(List<TestClient> peers, TestClient survivor, List<TestClient> dead) {
        Set<String> departures = new TreeSet<>();
        for (TestClient gone : dead) {
            for (String room : roomsOf(peers.indexOf(gone))) {
                if (roomsOf(peers.indexOf(survivor)).contains(room)) {
                    departures.add(room + " " + gone.peer() + " lost");
                }
            }
        }
        return departures;
    }

    private static void assertDepartures(TestClient survivor, Set<String> expected) {
        List<String> seen = survivor.frames("peer-left").stream()
                .map(left -> left.getString("room") + " " + left.getString("peer") + " " + left.getString("reason"))
                .sorted()
                .toList();
        assertEquals(List.copyOf(expected), seen, () -> "departures seen by " + survivor);
    }

    private static void assertRosters(TestCluster cluster, List<TestClient> survivors, int number) {
        String room = "room-" + number;
        var roster = Consistency.roster(cluster.states(), room);
        for (TestClient survivor : survivors) {
            if (roster.containsKey(survivor.peer())) {
                assertEquals(roster, Roster.seenBy(survivor, room), () -> room + " as seen by " + survivor);
            }
        }
    }

    private static long lastDeparture(List<TestClient> survivors) {
        return survivors.stream()
                .flatMap(survivor -> survivor.frames().all(frame -> frame.type().equals("peer-left")).stream())
                .mapToLong(TestClient.Received::nanos)
                .max()
                .orElseThrow();
    }

    private static void restart(TestCluster cluster, TestClients clients, List<List<TestClient>> members, int process) {
        List<TestClient> leaving = members.get(process);
        int refuge = cluster.ports().get((process + 1) % PROCESSES);
        cluster.terminate(process);
        leaving.forEach(peer -> assertEquals(1012, Await.soon(peer.closed(), "close of " + peer)));
        // While that process is down, its clients go on elsewhere, and their ids lead there.
        members.set(process, resumed(clients, refuge, leaving));
        List<TestClient> rest = new ArrayList<>();
        members.forEach(rest::addAll);
        rest.forEach(peer -> awaitRoster(peer, rest.size()));
        Pairs.assertRelays(rest);
        cluster.startAgain(process);
        members.set(process, resumed(clients, cluster.ports().get(process), members.get(process)));
        assertWhole(cluster, members);
        members.forEach(peers -> peers.forEach(peer -> assertEquals(List.of(), peer.frames("peer-left"))));
    }

    private static List<TestClient> resumed(TestClients clients, int port, List<TestClient> former) {
        List<TestClient> peers = former.stream()
                .map(peer -> clients.resume(port, peer.session()))
                .toList();
        assertEquals(
                former.stream().map(TestClient::peer).toList(),
                peers.stream().map(TestClient::peer).toList());
        return peers;
    }

    private static List<TestClient> joined(TestClients clients, int port) {
        List<TestClient> peers = clients.enter(PEERS_PER_PROCESS, List.of(port));
        peers.forEach(peer -> peer.join(ROOM));
        return peers;
    }

    private static void assertWhole(TestCluster cluster, List<List<TestClient>> members) {
        List<TestClient> all = new ArrayList<>();
        members.forEach(all::addAll);
        all.forEach(peer -> awaitRoster(peer, all.size()));
        Consistency.await(cluster);
        var roster = Consistency.roster(cluster.states(), ROOM);
        all.forEach(peer -> assertEquals(roster, Roster.seenBy(peer, ROOM), () -> "as seen by " + peer));
        Pairs.assertRelays(all);
    }

    private static void awaitRoster(TestClient peer, int size) {
        Await.until(Await.SOON, () -> {
            int seen = Roster.seenBy(peer, ROOM).size();
            return seen == size ? Optional.empty() : Optional.of(seen + " of " + size + " seen by " + peer);
        });
    }
}
