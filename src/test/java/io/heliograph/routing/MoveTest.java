package io.heliograph.routing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage.Dropped;
import io.heliograph.protocol.ServerMessage.Presence;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What is sent to a session while it moves from one living node to another. */
class MoveTest {
    private static final int WINDOW_SECONDS = 45;
    private static final int SEEDS = 100;
    private static final int COMPARISONS = 400;
    private static final int RELAYS = 60;
    private static final long PACE = 10 * Simulation.MILLI;
    private static final long LATE_PACE = 200 * Simulation.MILLI;
    private static final Weather LATE = new Weather(5 * Simulation.MILLI, 0.05, 4 * Simulation.SECOND, 0, 0);
    private static final Name ROOM = new Name("standup");
    private static final Name TOPIC = new Name("news");
    private static final Name USER = new Name("bob");

    @Test
    void aStreamToThePeerArrivesWholeAndInItsOrder() {
        arrives((sender, receiver) -> sender.relayTo(receiver.id()));
    }

    @Test
    void aStreamToARoomArrivesWholeAndInItsOrder() {
        arrives((sender, receiver) -> sender.relayTo(ROOM));
    }

    @Test
    void aStreamToATopicArrivesWholeAndInItsOrder() {
        arrives((sender, receiver) -> sender.relayTo(Group.topic(TOPIC)));
    }

    @Test
    void aStreamToTheUserArrivesWholeAndInItsOrder() {
        arrives((sender, receiver) -> sender.relayTo(Group.user(USER)));
    }

    /** Nodes compare their counts now and then: what is said of one crowd must not wait for the seats of another one. */
    @Test
    void aStreamToATopicArrivesWholeWhileNodesCompareWhatTheyKnow() {
        List<Long> all = LongStream.rangeClosed(1, RELAYS).boxed().toList();
        for (int seed = 1; seed <= COMPARISONS; seed++) {
            List<Long> received =
                    received(seed, (sender, receiver) -> sender.relayTo(Group.topic(TOPIC)), MoveTest::compare);
            assertEquals(all, received, "seed " + seed);
        }
    }

    /** What a node says of its own part may be behind what the peer's new node has said. */
    @Test
    void whoWatchesAUserThatMovesSeesNothingOfIt() {
        for (int seed = 1; seed <= COMPARISONS; seed++) {
            Simulation simulation = new Simulation(seed);
            SimulatedCluster cluster = new SimulatedCluster(simulation, 3, WINDOW_SECONDS);
            Client watcher = cluster.enter(0);
            Client mover = cluster.enter(1, Optional.of(USER));
            cluster.await(watcher.watch(USER));
            simulation.run();
            cluster.weather(Weather.UNEVEN);
            compare(simulation, cluster.nodes().get(1), 0);
            Future<Boolean> resumed = mover.resume(cluster.nodes().get(2));
            simulation.run();
            assertTrue(resumed.result());
            assertEquals(List.of(new Presence(USER, 1)), watcher.witness().told(Presence.class), "seed " + seed);
        }
    }

    /** Of what was answered with ok nothing is lost without a word, where nodes answer each other too late. */
    @Test
    void whatIsLostBetweenNodesThatAnswerTooLateIsTold() {
        List<String> lost = new ArrayList<>();
        for (int seed = 1; seed <= COMPARISONS; seed++) {
            Pair pair = Pair.enter(seed);
            SimulatedCluster cluster = pair.cluster;
            Simulation simulation = cluster.simulation();
            Client sender = pair.sender;
            simulation.run();
            cluster.weather(LATE);
            List<Future<Long>> sent = new ArrayList<>();
            for (int i = 0; i < RELAYS; i++) {
                simulation.after(i * LATE_PACE, () -> sent.add(sender.relayTo(ROOM)));
            }
            simulation.after(
                    RELAYS / 3 * LATE_PACE,
                    () -> pair.receiver.resume(cluster.nodes().get(2)));
            simulation.after(RELAYS * LATE_PACE, () -> cluster.weather(Weather.CALM));
            long end = simulation.nowMicros() + 40 * Simulation.SECOND;
            cluster.until("the end", () -> simulation.nowMicros() >= end);
            Set<Long> received = Set.copyOf(pair.received());
            List<Long> missing = sent.stream()
                    .filter(Future::succeeded)
                    .map(Future::result)
                    .filter(number -> !received.contains(number))
                    .toList();
            int told = sender.witness().told(Dropped.class).stream()
                    .mapToInt(Dropped::count)
                    .sum();
            if (missing.size() > told) {
                lost.add("seed " + seed + ": " + missing + " told " + told);
            }
        }
        assertEquals(List.of(), lost);
    }

    private static void compare(SimulatedCluster cluster, Client sender) {
        Client bystander = cluster.enter(2, Optional.of(USER));
        cluster.await(bystander.subscribe(TOPIC));
        cluster.await(sender.watch(USER));
        compare(cluster.simulation(), cluster.nodes().get(0), RELAYS / 3 * PACE);
    }

    /** Every tenth tick compares. */
    private static void compare(Simulation simulation, SimulatedCluster.Node comparing, long after) {
        Runnable tick = () -> comparing.run(() -> comparing.router().tick());
        for (int i = 1; i < 10; i++) {
            tick.run();
        }
        simulation.after(after + simulation.between(0, 400 * Simulation.MILLI), tick);
    }

    private static void arrives(BiFunction<Client, Client, Future<Long>> relay) {
        List<Long> all = LongStream.rangeClosed(1, RELAYS).boxed().toList();
        for (int seed = 1; seed <= SEEDS; seed++) {
            assertEquals(all, received(seed, relay, (cluster, sender) -> {}), "seed " + seed);
        }
    }

    /** From a sender on one node to a receiver on its way between two others, where messages take unevenly long. */
    private static List<Long> received(
            int seed, BiFunction<Client, Client, Future<Long>> relay, BiConsumer<SimulatedCluster, Client> meanwhile) {
        Pair pair = Pair.enter(seed);
        SimulatedCluster cluster = pair.cluster;
        Simulation simulation = cluster.simulation();
        Client sender = pair.sender;
        Client receiver = pair.receiver;
        cluster.await(receiver.subscribe(TOPIC));
        List<Future<Long>> sent = new ArrayList<>();
        sent.add(relay.apply(sender, receiver));
        simulation.run();
        cluster.weather(Weather.UNEVEN);
        meanwhile.accept(cluster, sender);
        for (int i = 1; i < RELAYS; i++) {
            simulation.after(i * PACE, () -> sent.add(relay.apply(sender, receiver)));
        }
        List<Future<Boolean>> resumed = new ArrayList<>();
        simulation.after(
                RELAYS / 3 * PACE,
                () -> resumed.add(receiver.resume(cluster.nodes().get(2))));
        simulation.run();
        assertTrue(resumed.get(0).result());
        assertEquals(List.of(), cluster.complaints());
        assertEquals(0, receiver.strays());
        assertTrue(sent.stream().allMatch(Future::succeeded), "seed " + seed + ": " + sent);
        return pair.received();
    }

    /** Two in one room, on two of three nodes. */
    private record Pair(SimulatedCluster cluster, Client sender, Client receiver) {
        static Pair enter(int seed) {
            SimulatedCluster cluster = new SimulatedCluster(new Simulation(seed), 3, WINDOW_SECONDS);
            Client sender = cluster.enter(0);
            Client receiver = cluster.enter(1, Optional.of(USER));
            cluster.await(sender.join(ROOM, 0));
            cluster.await(receiver.join(ROOM, 0));
            return new Pair(cluster, sender, receiver);
        }

        /** The numbers of what has come, in order. */
        List<Long> received() {
            return receiver.witness().told(Relayed.class).stream()
                    .map(message -> new String(message.data().orElseThrow().toBytes(), UTF_8))
                    .map(Long::valueOf)
                    .toList();
        }
    }
}
