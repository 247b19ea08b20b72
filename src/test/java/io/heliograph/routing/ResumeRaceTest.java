package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Leave;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.Roster;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that is not answered in time tries again with the token that it has, while its first try goes on. */
class ResumeRaceTest {
    private static final Name ROOM = new Name("standup");
    private static final PeerId PEER = new PeerId("p1");
    private static final NodeId NOWHERE = new NodeId("nowhere", 0);

    private static final class Connection implements Receiver {
        private boolean open = true;
        private Optional<CloseReason> superseded = Optional.empty();

        @Override
        public void deliver(ServerMessage message) {}

        @Override
        public Future<Void> supersede(CloseReason reason) {
            superseded = Optional.of(reason);
            open = false;
            return Future.succeededFuture();
        }

        @Override
        public boolean isOpen() {
            return open;
        }
    }

    private final SlowDirectory directory = new SlowDirectory();
    private final Claims one = claims("one");
    private final Claims other = claims("other");

    private Claims claims(String process) {
        return new Claims(new NodeId(process, 0), directory, InstantSource.fixed(Instant.EPOCH));
    }

    private SessionToken opened() {
        NodeId self = new NodeId("one", 0);
        Census census = new Census(self, directory, SimulatedCluster.LIMITS, new CountedFacts());
        Future<SessionToken> token = new Records(self, directory, census, one)
                .open(PEER, SessionState.initial(Optional.empty(), Optional.empty()));
        directory.answerAll();
        return token.result();
    }

    private static Router.Entered enter(SimulatedCluster cluster, Router router, Connection connection) {
        Router.Entered entered = cluster.await(router.enter(PEER, Optional.empty(), Optional.empty(), connection));
        entered.peer().begin();
        return entered;
    }

    @Test
    void ofTwoClaimsAtOnceOneFails() {
        SessionToken token = opened();
        Future<Optional<Claims.Claimed>> first = one.claim(token, user -> true, new Connection());
        Future<Optional<Claims.Claimed>> second = other.claim(token, user -> true, new Connection());
        directory.answerAll();
        assertEquals(2, first.result().orElseThrow().now().epoch());
        assertTrue(second.failed());
    }

    @Test
    void aClaimForAConnectionThatHasEndedMeanwhileIsNotMade() {
        SessionToken token = opened();
        Connection connection = new Connection();
        Future<Optional<Claims.Claimed>> late = one.claim(token, user -> true, connection);
        connection.open = false;
        directory.answerAll();
        assertTrue(late.failed());
        Future<Optional<Claims.Claimed>> next = other.claim(token, user -> true, new Connection());
        directory.answerAll();
        assertEquals(2, next.result().orElseThrow().now().epoch());
    }

    @Test
    void theSecondTryOnANodeHasTheSessionAndOneSeat() {
        Simulation simulation = new Simulation(1);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 2, 45);
        Router before = cluster.nodes().get(0).router();
        Router now = cluster.nodes().get(1).router();
        Router.Entered entered = enter(cluster, before, new Connection());
        cluster.await(before.rooms()
                .join(entered.peer(), new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty()));
        Connection first = new Connection();
        Connection second = new Connection();
        Future<Optional<Router.Resumption>> early = now.resume(entered.token(), user -> true, first);
        Future<Optional<Router.Resumption>> late = now.resume(entered.token(), user -> true, second);
        simulation.run();
        assertTrue(early.succeeded());
        assertEquals(Optional.of(CloseReason.RESUMED), first.superseded);
        assertEquals(Optional.empty(), second.superseded);
        assertEquals(entered.peer().id(), late.result().orElseThrow().peer().id());
        GroupEntry entry = Objects.requireNonNull(cluster.directory().groups().get(Group.room(ROOM)));
        assertEquals(Map.of(cluster.nodes().get(1).id(), new GroupEntry.Seats(1, 1)), entry.seats());
    }

    /** Its connection was given up before it was answered, and no longer holds back the move. */
    @Test
    void aJoinOrLeaveThatIsUnderWayWhenItsPeerMovesIsDoneOrNot() {
        for (int seed = 1; seed <= 300; seed++) {
            Simulation simulation = new Simulation(seed);
            SimulatedCluster cluster = new SimulatedCluster(simulation, 3, 45);
            Client watcher = cluster.enter(0);
            cluster.await(watcher.join(ROOM, 0));
            Router before = cluster.nodes().get(1).router();
            Router.Entered entered = enter(cluster, before, new Connection());
            Name left = new Name("left");
            Name topic = new Name("news");
            cluster.await(before.rooms()
                    .join(entered.peer(), new Join(Optional.empty(), left, 0, Optional.empty()), Optional.empty()));
            simulation.run();
            cluster.weather(Weather.UNEVEN);
            before.rooms()
                    .join(entered.peer(), new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty());
            before.rooms().leave(entered.peer(), new Leave(Optional.empty(), left));
            before.crowds().subscribe(entered.peer(), topic);
            List<Router.Resumption> resumed = new ArrayList<>();
            simulation.after(
                    simulation.between(0, 300 * Simulation.MILLI),
                    () -> cluster.nodes()
                            .get(2)
                            .router()
                            .resume(entered.token(), user -> true, new Connection())
                            .onSuccess(found -> resumed.add(found.orElseThrow())));
            simulation.run();
            cluster.tick(15);
            simulation.run();
            SessionState state = Objects.requireNonNull(
                            cluster.directory().sessions().get(PEER))
                    .state();
            Set<Name> rooms =
                    state.rooms().stream().map(SessionState.Membership::room).collect(Collectors.toSet());
            assertEquals(1, resumed.size(), "seed " + seed);
            assertEquals(rooms.contains(ROOM), watcher.witness().sees(ROOM, PEER), "seed " + seed);
            assertEquals(rooms.contains(ROOM) ? 2 : 1, seatsOf(cluster, Group.room(ROOM)), "seed " + seed);
            assertEquals(rooms.contains(left) ? 1 : 0, seatsOf(cluster, Group.room(left)), "seed " + seed);
            assertEquals(state.topics().contains(topic) ? 1 : 0, seatsOf(cluster, Group.topic(topic)), "seed " + seed);
            assertEquals(List.of(), watcher.witness().told(ServerMessage.PeerLeft.class), "seed " + seed);
            assertEquals(List.of(), cluster.complaints(), "seed " + seed);
        }
    }

    @Test
    void aClientIsKnownToItsNodeAlsoWhereAMergeHasBroughtBackTheRecordOfBefore() {
        Simulation simulation = new Simulation(1);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 2, 120);
        Router here = cluster.nodes().get(0).router();
        Router.Entered entered = enter(cluster, here, new Connection());
        SessionToken token = SessionToken.random(PEER);
        entered.peer().claim(new LocalPeer.Claim(entered.peer().epoch() + 1, token.hash(), Optional.empty()));
        here.detach(entered.peer());
        Optional<Router.Resumption> resumed = cluster.await(here.resume(token, user -> true, new Connection()));
        assertEquals(entered.peer(), resumed.orElseThrow().peer());
    }

    @Test
    void whoComesToANodeThatHasJustStoodStillIsNotToldThatTheSessionIsOver() {
        Simulation simulation = new Simulation(1);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 2, 120);
        Router router = cluster.nodes().get(0).router();
        SessionToken unknown = SessionToken.random(PEER);
        assertEquals(Optional.empty(), cluster.await(router.resume(unknown, user -> true, new Connection())));
        router.stoodStill(7);
        Future<Optional<Router.Resumption>> early = router.resume(unknown, user -> true, new Connection());
        simulation.run();
        assertEquals(ErrorCode.UNAVAILABLE, ((Refusal) Objects.requireNonNull(early.cause())).code());
        cluster.tick(20);
        simulation.run();
        assertEquals(Optional.empty(), cluster.await(router.resume(unknown, user -> true, new Connection())));
    }

    /** One part has the client on one node and keeps the record; in the other it is on the other node. */
    @ParameterizedTest
    @ValueSource(longs = {-1, 1})
    void ofTwoClaimsInTwoPartsOfAClusterTheLaterOneStandsWhenTheyBecomeOne(long laterByMillis) {
        Simulation simulation = new Simulation(1);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 3, 120);
        Router here = cluster.nodes().get(0).router();
        Router there = cluster.nodes().get(1).router();
        Connection connection = new Connection();
        Router.Entered entered = enter(cluster, here, connection);
        cluster.await(here.rooms()
                .join(entered.peer(), new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty()));
        cluster.cut(cluster.nodes().get(0).id(), cluster.nodes().get(1).id(), 5 * Simulation.SECOND);
        Connection connectionThere = new Connection();
        Router.Resumption kept = cluster.await(there.resume(entered.token(), user -> true, connectionThere))
                .orElseThrow();
        SessionToken token = SessionToken.random(PEER);
        long epoch = kept.peer().epoch() + laterByMillis;
        entered.peer().claim(new LocalPeer.Claim(epoch, token.hash(), Optional.empty()));
        cluster.tick(90);
        simulation.run();
        boolean later = laterByMillis > 0;
        assertEquals(later ? Optional.empty() : Optional.of(CloseReason.RESUMED), connection.superseded);
        assertEquals(!later, connectionThere.open);
        Optional<Router.Resumption> resumed = cluster.await(
                cluster.nodes().get(2).router().resume(later ? token : kept.token(), user -> true, new Connection()));
        assertEquals(
                List.of(ROOM),
                resumed.orElseThrow().resumed().rooms().stream()
                        .map(Roster::room)
                        .toList());
        assertEquals(1, seatsOf(cluster, Group.room(ROOM)));
    }

    @Test
    void aClientThatIsOutOfARoomByTheWordOfANodeThatHasItNotComesBackToSeeSo() {
        Simulation simulation = new Simulation(1);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 2, 120);
        SimulatedCluster.Node other = cluster.nodes().get(1);
        Router here = cluster.nodes().get(0).router();
        Connection connection = new Connection();
        Router.Entered entered = enter(cluster, here, connection);
        cluster.await(here.rooms()
                .join(entered.peer(), new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty()));
        Member member = new Member(PEER, 1, Optional.empty(), Optional.empty());
        List<OwnedMember> claimed =
                List.of(new OwnedMember(member, 0, entered.peer().epoch() + 1));
        cluster.await(cluster.call(
                other,
                () -> other.link.ask(cluster.nodes().get(0).id(), new NodeRequest.Announce(ROOM, claimed, true))));
        assertEquals(Set.of(), entered.peer().rooms());
        cluster.tick(90);
        simulation.run();
        assertEquals(Optional.of(CloseReason.RESTART), connection.superseded);
        Router.Resumption resumed = cluster.await(here.resume(entered.token(), user -> true, new Connection()))
                .orElseThrow();
        assertEquals(PEER, resumed.peer().id());
        assertEquals(List.of(), resumed.resumed().rooms());
    }

    /** A connection that is slow to end holds its successor back only so long: what it asked for may then still be under way. */
    @Test
    void whatAnEarlierConnectionAskedForAndTheNextOneAsksForAgainIsDoneOnce() {
        for (int seed = 1; seed <= 300; seed++) {
            Simulation simulation = new Simulation(seed);
            SimulatedCluster cluster = new SimulatedCluster(simulation, 3, 45);
            Client first = cluster.enter(0);
            cluster.await(first.join(ROOM, 0));
            Router router = cluster.nodes().get(1).router();
            Router.Entered entered = enter(cluster, router, new Connection());
            Name left = new Name("left");
            Name taken = new Name("news");
            Name dropped = new Name("sports");
            cluster.await(router.rooms()
                    .join(entered.peer(), new Join(Optional.empty(), left, 0, Optional.empty()), Optional.empty()));
            cluster.await(router.crowds().subscribe(entered.peer(), dropped));
            simulation.run();
            cluster.weather(Weather.UNEVEN);
            router.rooms()
                    .join(entered.peer(), new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty());
            router.rooms().leave(entered.peer(), new Leave(Optional.empty(), left));
            router.crowds().subscribe(entered.peer(), taken);
            router.crowds().unsubscribe(entered.peer(), dropped);
            Successor successor = new Successor(router, left, taken, dropped);
            simulation.after(
                    simulation.between(0, 300 * Simulation.MILLI),
                    () -> router.resume(entered.token(), user -> true, successor)
                            .onSuccess(found -> successor.goOn(found.orElseThrow())));
            Client second = cluster.enter(2);
            cluster.await(second.join(ROOM, 0));
            simulation.run();
            cluster.tick(15);
            simulation.run();
            assertEquals(Set.of(first.id(), second.id()), successor.seen, "seed " + seed);
            assertEquals(3, seatsOf(cluster, Group.room(ROOM)), "seed " + seed);
            assertEquals(0, seatsOf(cluster, Group.room(left)), "seed " + seed);
            assertEquals(1, seatsOf(cluster, Group.topic(taken)), "seed " + seed);
            assertEquals(0, seatsOf(cluster, Group.topic(dropped)), "seed " + seed);
            assertEquals(List.of(), cluster.complaints(), "seed " + seed);
        }
    }

    /** The next connection of a client that wants to be in {@link #ROOM} and subscribed, and not in what it left. */
    private static final class Successor implements Receiver {
        private final Router router;
        private final Name left;
        private final Name taken;
        private final Name dropped;
        private final Set<PeerId> seen = new HashSet<>();

        Successor(Router router, Name left, Name taken, Name dropped) {
            this.router = router;
            this.left = left;
            this.taken = taken;
            this.dropped = dropped;
        }

        void goOn(Router.Resumption resumption) {
            LocalPeer peer = resumption.peer();
            Resumed resumed = resumption.resumed();
            peer.begin();
            Optional<Roster> room = resumed.rooms().stream()
                    .filter(roster -> roster.room().equals(ROOM))
                    .findAny();
            room.ifPresent(roster -> roster.peers().forEach(member -> seen.add(member.peer())));
            if (room.isEmpty()) {
                router.rooms().join(peer, new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty());
            }
            if (resumed.rooms().stream().anyMatch(roster -> roster.room().equals(left))) {
                router.rooms().leave(peer, new Leave(Optional.empty(), left));
            }
            if (!resumed.topics().contains(taken)) {
                router.crowds().subscribe(peer, taken);
            }
            if (resumed.topics().contains(dropped)) {
                router.crowds().unsubscribe(peer, dropped);
            }
        }

        @Override
        public void deliver(ServerMessage message) {
            if (message instanceof ServerMessage.Joined joined) {
                joined.peers().forEach(member -> seen.add(member.peer()));
            } else if (message instanceof ServerMessage.PeerJoined joined) {
                assertTrue(seen.add(joined.member().peer()));
            }
        }

        @Override
        public Future<Void> supersede(CloseReason reason) {
            return Future.succeededFuture();
        }

        @Override
        public boolean isOpen() {
            return true;
        }
    }

    private static int seatsOf(SimulatedCluster cluster, Group group) {
        return Optional.ofNullable(cluster.directory().groups().get(group))
                .map(entry -> entry.membersBeside(NOWHERE))
                .orElse(0);
    }

    @Test
    void ofManyWhoShowTheSameTokenOnAllNodesAtOnceOneGoesOn() {
        for (int seed = 1; seed <= 600; seed++) {
            assertEquals(List.of(), new Rivals(seed).differences(), "seed " + seed);
        }
    }

    /** Six who claim one session on three nodes, at the same time or nearly so. */
    private static final class Rivals {
        private static final int NODES = 3;
        private static final List<Long> WITHIN_MICROS = List.of(50L, 4 * Simulation.MILLI, 200 * Simulation.MILLI);

        private final Simulation simulation;
        private final SimulatedCluster cluster;
        private final Map<Connection, SimulatedCluster.Node> rivals = new LinkedHashMap<>();

        Rivals(int seed) {
            simulation = new Simulation(seed);
            cluster = new SimulatedCluster(simulation, NODES, 45);
            Router home = cluster.nodes().get(seed % NODES).router();
            Connection first = new Connection();
            Router.Entered entered =
                    cluster.await(home.enter(PEER, Optional.of(new Name("alice")), Optional.empty(), first));
            entered.peer().begin();
            cluster.await(home.rooms()
                    .join(entered.peer(), new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty()));
            simulation.run();
            if (simulation.chance(0.5)) {
                var unused = home.detach(entered.peer());
            }
            cluster.weather(simulation.chance(0.5) ? Weather.UNEVEN : Weather.CALM);
            long within = WITHIN_MICROS.get(seed % WITHIN_MICROS.size());
            for (int i = 0; i < 2 * NODES; i++) {
                Connection rival = new Connection();
                SimulatedCluster.Node node = cluster.nodes().get(i % NODES);
                rivals.put(rival, node);
                simulation.after(
                        simulation.between(0, within),
                        () -> node.router()
                                .resume(entered.token(), user -> true, rival)
                                .onSuccess(resumed -> {
                                    Router.Resumption goingOn = resumed.orElseThrow();
                                    goingOn.peer().begin();
                                })
                                .onFailure(overtaken -> rival.open = false));
            }
        }

        List<String> differences() {
            simulation.run();
            List<Connection> open =
                    rivals.keySet().stream().filter(Connection::isOpen).toList();
            if (open.size() != 1) {
                return List.of(open.size() + " go on");
            }
            NodeId home = Objects.requireNonNull(rivals.get(open.get(0))).id();
            List<String> differences = new ArrayList<>(cluster.complaints());
            Directory.Contents directory = cluster.directory();
            SessionRecord session = Objects.requireNonNull(directory.sessions().get(PEER));
            if (!session.node().equals(home)) {
                differences.add("at " + home + ", but recorded at " + session.node());
            }
            directory.groups().forEach((group, entry) -> {
                if (!entry.seats().keySet().equals(Set.of(home)) || entry.membersBeside(NOWHERE) != 1) {
                    differences.add(group + ": " + entry);
                }
            });
            for (SimulatedCluster.Node node : cluster.nodes()) {
                if (node.router().peers() != (node.id().equals(home) ? 1 : 0)) {
                    differences.add(node.id() + " has " + node.router().peers());
                }
            }
            return differences;
        }
    }
}
