package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Whom a peer knows, and for how long. */
class AcquaintanceTest {
    private static final int WINDOW_SECONDS = 45;
    private static final Name ROOM = new Name("standup");
    private static final Name BOB = new Name("bob");
    private static final PeerId EVE = new PeerId("eve");

    private final SimulatedCluster cluster = new SimulatedCluster(new Simulation(1), 3, WINDOW_SECONDS);

    /** A peer on a node. */
    private record Guest(SimulatedCluster.Node node, LocalPeer peer, SessionToken token, Told told) {
        boolean knows(PeerId other) {
            return node.router().knows(peer, other);
        }
    }

    private Guest enter(int at, String id, Optional<Name> user) {
        SimulatedCluster.Node node = cluster.nodes().get(at);
        Told told = new Told();
        Router.Entered entered = ask(node, router -> router.enter(new PeerId(id), user, Optional.empty(), told));
        entered.peer().begin();
        return new Guest(node, entered.peer(), entered.token(), told);
    }

    private Guest resume(Guest guest, int at) {
        SimulatedCluster.Node node = cluster.nodes().get(at);
        Told told = new Told();
        Router.Resumption resumption = ask(node, router -> router.resume(guest.token, user -> true, told))
                .orElseThrow();
        resumption.peer().begin();
        return new Guest(node, resumption.peer(), resumption.token(), told);
    }

    private <T> T ask(SimulatedCluster.Node node, Function<Router, Future<T>> question) {
        return cluster.await(cluster.call(node, () -> question.apply(node.router())));
    }

    private void join(Guest guest) {
        ask(
                guest.node,
                router -> router.rooms()
                        .join(
                                guest.peer,
                                new ClientMessage.Join(Optional.empty(), ROOM, 0, Optional.empty()),
                                Optional.empty()));
    }

    @Test
    void thoseInARoomKnowEachOtherAsLongAsBothAreThere() {
        Guest alice = enter(0, "alice", Optional.empty());
        Guest bob = enter(1, "bob", Optional.empty());
        assertFalse(alice.knows(bob.peer.id()));
        join(alice);
        join(bob);
        assertTrue(alice.knows(bob.peer.id()));
        assertTrue(bob.knows(alice.peer.id()));
        ask(bob.node, router -> router.rooms().leave(bob.peer, new ClientMessage.Leave(Optional.empty(), ROOM)));
        assertFalse(alice.knows(bob.peer.id()));
        assertFalse(bob.knows(alice.peer.id()));
    }

    @Test
    void thoseInACallKnowEachOtherFromWhenItRings() {
        Guest alice = enter(0, "alice", Optional.empty());
        Guest bob = enter(1, "bob", Optional.of(BOB));
        ask(
                alice.node,
                router -> router.calls()
                        .call(alice.peer, new ClientMessage.Call(Optional.empty(), BOB, Optional.empty())));
        assertTrue(alice.knows(bob.peer.id()));
        assertTrue(bob.knows(alice.peer.id()));
        CallId call = bob.told.messages.stream()
                .filter(ServerMessage.Ring.class::isInstance)
                .map(ring -> ((ServerMessage.Ring) ring).call())
                .findFirst()
                .orElseThrow();
        ask(
                bob.node,
                router -> router.calls()
                        .reject(bob.peer, new ClientMessage.Reject(Optional.empty(), call, CallEnding.DECLINED)));
        assertFalse(bob.knows(alice.peer.id()));
    }

    @Test
    void whoHasWrittenIsKnownWhereverTheSessionGoesOn() {
        Guest alice = enter(0, "alice", Optional.empty());
        assertFalse(alice.knows(EVE));
        alice.node.router().acquaint(alice.peer, EVE);
        assertTrue(alice.knows(EVE));
        Guest moved = resume(alice, 1);
        assertTrue(moved.knows(EVE), "handed over");
        cluster.tick(1);
        cluster.kill(moved.node);
        assertTrue(resume(moved, 1).knows(EVE), "recorded");
    }

    @Test
    void ofThoseWhoHaveWrittenTheLastAreKnown() {
        Guest alice = enter(0, "alice", Optional.empty());
        Router router = alice.node.router();
        router.acquaint(alice.peer, EVE);
        router.acquaint(alice.peer, new PeerId("early"));
        for (int i = 0; i < 255; i++) {
            router.acquaint(alice.peer, EVE);
            router.acquaint(alice.peer, new PeerId("p" + i));
        }
        assertTrue(alice.knows(EVE));
        assertTrue(alice.knows(new PeerId("p0")));
        assertFalse(alice.knows(new PeerId("early")));
    }
}
