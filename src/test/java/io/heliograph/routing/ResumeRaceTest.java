package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A client that is not answered in time tries again with the token that it has, while its first try goes on. */
class ResumeRaceTest {
    private static final Name ROOM = new Name("standup");
    private static final PeerId PEER = new PeerId("p1");

    private static final class Connection implements Receiver {
        private boolean open = true;
        private boolean superseded;

        @Override
        public void deliver(ServerMessage message) {}

        @Override
        public Future<Void> supersede() {
            superseded = true;
            return Future.succeededFuture();
        }

        @Override
        public boolean isOpen() {
            return open;
        }
    }

    private final SlowDirectory directory = new SlowDirectory();
    private final Records one = records("one");
    private final Records other = records("other");

    private Records records(String process) {
        NodeId self = new NodeId(process, 0);
        return new Records(self, directory, new Census(self, directory, 8, new CountedFacts()));
    }

    private SessionToken opened() {
        Future<SessionToken> token = one.open(
                PEER, new SessionState(Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(), List.of()));
        directory.answerAll();
        return token.result();
    }

    @Test
    void ofTwoClaimsAtOnceOneFails() {
        SessionToken token = opened();
        Future<Optional<Records.Claimed>> first = one.claim(token, new Connection());
        Future<Optional<Records.Claimed>> second = other.claim(token, new Connection());
        directory.answerAll();
        assertEquals(2, first.result().orElseThrow().now().epoch());
        assertTrue(second.failed());
    }

    @Test
    void aClaimForAConnectionThatHasEndedMeanwhileIsNotMade() {
        SessionToken token = opened();
        Connection connection = new Connection();
        Future<Optional<Records.Claimed>> late = one.claim(token, connection);
        connection.open = false;
        directory.answerAll();
        assertTrue(late.failed());
        Future<Optional<Records.Claimed>> next = other.claim(token, new Connection());
        directory.answerAll();
        assertEquals(2, next.result().orElseThrow().now().epoch());
    }

    @Test
    void theSecondTryOnANodeHasTheSessionAndOneSeat() {
        Simulation simulation = new Simulation(1);
        SimulatedCluster cluster = new SimulatedCluster(simulation, 2, 45);
        Router before = cluster.nodes().get(0).router();
        Router now = cluster.nodes().get(1).router();
        Router.Entered entered =
                cluster.await(before.enter(PEER, Optional.empty(), Optional.empty(), new Connection()));
        entered.peer().begin();
        cluster.await(before.rooms()
                .join(entered.peer(), new Join(Optional.empty(), ROOM, 0, Optional.empty()), Optional.empty()));
        Connection first = new Connection();
        Connection second = new Connection();
        Future<Optional<Router.Resumption>> early = now.resume(entered.token(), first);
        Future<Optional<Router.Resumption>> late = now.resume(entered.token(), second);
        simulation.run();
        assertTrue(early.succeeded());
        assertTrue(first.superseded);
        assertFalse(second.superseded);
        assertEquals(entered.peer().id(), late.result().orElseThrow().peer().id());
        GroupEntry entry = Objects.requireNonNull(cluster.directory().groups().get(Group.room(ROOM)));
        assertEquals(Map.of(cluster.nodes().get(1).id(), new GroupEntry.Seats(1, 1)), entry.seats());
    }
}
