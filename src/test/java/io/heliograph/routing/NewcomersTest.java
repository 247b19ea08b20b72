package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.heliograph.protocol.ServerMessage.Presence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever comes to where a dead node had members finds them, as long as these may come back. */
class NewcomersTest {
    private static final int WINDOW_SECONDS = 20;
    private static final int SEEDS = 300;
    private static final Name ROOM = new Name("standup");
    private static final Name BOB = new Name("bob");

    private final Simulation simulation = new Simulation(1);
    private final SimulatedCluster cluster = new SimulatedCluster(simulation, 3, WINDOW_SECONDS);
    private final Client alice = cluster.enter(1);
    private final Client bob = cluster.enter(1, Optional.of(BOB));

    @BeforeEach
    void allAreOnTheNodeThatDies() {
        cluster.await(alice.join(ROOM, 0));
        cluster.await(bob.join(ROOM, 0));
        SimulatedCluster.Node dying = cluster.nodes().get(1);
        cluster.kill(dying);
        cluster.until(
                "the death to be noticed",
                () -> cluster.nodes().stream()
                        .noneMatch(node -> node.link.others().contains(dying.id())));
    }

    @AfterEach
    void nobodyComplains() {
        assertEquals(List.of(), cluster.complaints());
    }

    @Test
    void whoComesBackFindsThoseWhoAreStillAway() {
        assertTrue(cluster.await(alice.resume(cluster.nodes().get(0))));
        assertTrue(alice.witness().sees(ROOM, bob.id()));
        assertTrue(cluster.await(bob.resume(cluster.nodes().get(1))));
        simulation.run();
        cluster.await(bob.relayTo(ROOM));
        simulation.run();
        assertEquals(1, alice.witness().lastFrom(bob.id()));
        assertEquals(List.of(), left(alice));
        assertEquals(List.of(), left(bob));
    }

    @Test
    void whoComesBackBeforeTheDeathIsNoticedFindsThemToo() {
        SimulatedCluster.Node dying = cluster.nodes().get(0);
        Client carol = cluster.enter(0);
        Client dave = cluster.enter(0);
        Name other = new Name("retro");
        cluster.await(carol.join(other, 0));
        cluster.await(dave.join(other, 0));
        cluster.kill(dying);
        assertTrue(cluster.await(carol.resume(cluster.nodes().get(0))));
        assertTrue(carol.witness().sees(other, dave.id()));
        assertTrue(cluster.await(dave.resume(cluster.nodes().get(0))));
        simulation.run();
        assertEquals(List.of(), left(carol));
    }

    @Test
    void whoComeBackToTheSameNodeAtOnceFindEachOther() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            comeBack(seed, 1, 300 * Simulation.MILLI);
        }
    }

    /** Each node has some of those whom the other one looks for, in part before it knows of the death. */
    @Test
    void whoComeBackToDifferentNodesAtOnceFindEachOther() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            comeBack(seed, 2, 300 * Simulation.MILLI);
            comeBack(seed, 3, Simulation.SECOND);
        }
    }

    private static void comeBack(int seed, int survivors, long within) {
        Simulation race = new Simulation(seed);
        SimulatedCluster nodes = new SimulatedCluster(race, survivors + 1, WINDOW_SECONDS);
        List<Client> lost = List.of(nodes.enter(survivors), nodes.enter(survivors), nodes.enter(survivors));
        lost.forEach(client -> nodes.await(client.join(ROOM, 0)));
        nodes.weather(Weather.UNEVEN);
        nodes.kill(nodes.nodes().get(survivors));
        List<Boolean> complete = new ArrayList<>();
        for (int i = 0; i < lost.size(); i++) {
            Client client = lost.get(i);
            SimulatedCluster.Node next = nodes.nodes().get(i % survivors);
            race.after(
                    race.between(0, within),
                    () -> client.resume(next)
                            .onSuccess(resumed -> complete.add(lost.stream()
                                    .allMatch(other ->
                                            other == client || client.witness().sees(ROOM, other.id())))));
        }
        race.run();
        String play = "seed " + seed + " within " + within;
        assertEquals(List.of(true, true, true), complete, play);
        for (Client client : lost) {
            assertEquals(List.of(), left(client), play);
        }
        assertEquals(List.of(), nodes.complaints(), play);
    }

    @Test
    void whoIsNewFindsThemAndSeesThemGoOnlyWhenTheirWindowIsOver() {
        Client carol = cluster.enter(0);
        Client dave = cluster.enter(1);
        cluster.await(carol.join(ROOM, 0));
        cluster.await(dave.join(ROOM, 0));
        assertTrue(carol.witness().sees(ROOM, alice.id()));
        assertTrue(dave.witness().sees(ROOM, bob.id()));
        assertTrue(cluster.await(alice.resume(cluster.nodes().get(0))));
        cluster.tick(WINDOW_SECONDS + 5);
        simulation.run();
        for (Client newcomer : List.of(carol, dave)) {
            assertEquals(
                    List.of(bob.id()),
                    left(newcomer).stream().map(PeerLeft::peer).toList());
        }
    }

    @Test
    void whoWatchesAUserIsToldOfPeersThatAreAwayWithTheirNode() {
        Client watcher = cluster.enter(0);
        cluster.await(watcher.watch(BOB));
        assertEquals(List.of(new Presence(BOB, 1)), presences(watcher));
        assertTrue(cluster.await(bob.resume(cluster.nodes().get(1))));
        simulation.run();
        assertEquals(List.of(new Presence(BOB, 1)), presences(watcher));
    }

    @Test
    void whoComesBackWhenAWatchedUserDoesSeesNothingOfIt() {
        for (int seed = 1; seed <= SEEDS; seed++) {
            for (int survivors = 1; survivors <= 3; survivors++) {
                Simulation race = new Simulation(seed);
                SimulatedCluster nodes = new SimulatedCluster(race, survivors + 1, WINDOW_SECONDS);
                Client watcher = nodes.enter(survivors);
                Client watched = nodes.enter(survivors, Optional.of(BOB));
                nodes.await(watcher.watch(BOB));
                nodes.weather(Weather.UNEVEN);
                nodes.kill(nodes.nodes().get(survivors));
                for (Client client : List.of(watcher, watched)) {
                    SimulatedCluster.Node next = nodes.nodes().get((int) race.between(0, survivors));
                    race.after(race.between(0, Simulation.SECOND), () -> client.resume(next));
                }
                race.run();
                assertEquals(
                        Set.of(new Presence(BOB, 1)),
                        Set.copyOf(presences(watcher)),
                        "seed " + seed + " with " + survivors);
            }
        }
    }

    private static List<PeerLeft> left(Client client) {
        return told(client, PeerLeft.class);
    }

    private static List<Presence> presences(Client client) {
        return told(client, Presence.class);
    }

    private static <T extends ServerMessage> List<T> told(Client client, Class<T> type) {
        return client.witness().told().stream()
                .filter(type::isInstance)
                .map(type::cast)
                .toList();
    }
}
