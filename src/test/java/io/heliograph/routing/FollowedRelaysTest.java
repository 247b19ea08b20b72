package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A relay that is followed is followed on every node that it comes to, and to its end. */
class FollowedRelaysTest {
    private static final Name ROOM = new Name("standup");
    private static final Name BOB = new Name("bob");
    private static final Name NEWS = new Name("news");

    private final SimulatedCluster cluster = new SimulatedCluster(new Simulation(1), 3);
    private final Client sender = cluster.enter(0);

    private void assertFollowed(int node, String... ended) {
        assertEquals(List.of(ended), cluster.nodes().get(node).traces.ended());
    }

    @Test
    void toAPeerOfTheSameNode() {
        cluster.await(sender.relayTo(cluster.enter(0).id()));
        assertFollowed(0, "node0-1 local ok");
    }

    @Test
    void toAPeerOfAnotherNode() {
        cluster.await(sender.relayTo(cluster.enter(1).id()));
        assertFollowed(0, "node0-1 remote ok");
        assertFollowed(1, "node0-1 delivered to 1");
    }

    @Test
    void toNobody() {
        refused(ErrorCode.PEER_UNREACHABLE, () -> cluster.await(sender.relayTo(new PeerId("pNobody"))));
        assertFollowed(0, "node0-1 nowhere peer-unreachable");
    }

    @Test
    void toSomebodyWhoHasJustLeftTheOtherNode() {
        Client leaver = cluster.enter(1);
        cluster.await(sender.relayTo(leaver.id()));
        cluster.await(leaver.exit(LeaveReason.LEFT));
        refused(ErrorCode.PEER_UNREACHABLE, () -> cluster.await(sender.relayTo(leaver.id())));
        assertFollowed(0, "node0-1 remote ok", "node0-2 remote peer-unreachable");
        assertFollowed(1, "node0-1 delivered to 1", "node0-2 gone");
    }

    @Test
    void toARoomOnAllNodes() {
        List<Client> members = List.of(sender, cluster.enter(0), cluster.enter(1), cluster.enter(1), cluster.enter(2));
        members.forEach(member -> cluster.await(member.join(ROOM, 10)));
        cluster.await(sender.relayTo(ROOM));
        assertFollowed(0, "node0-1 remote ok");
        assertFollowed(1, "node0-1 delivered to 2");
        assertFollowed(2, "node0-1 delivered to 1");
    }

    @Test
    void toARoomThatOneIsNotIn() {
        refused(ErrorCode.NOT_A_MEMBER, () -> cluster.await(sender.relayTo(ROOM)));
        assertFollowed(0, "node0-1 nowhere not-a-member");
    }

    @Test
    void toAUser() {
        cluster.enter(1, Optional.of(BOB));
        cluster.enter(1, Optional.of(BOB));
        cluster.await(sender.relayTo(Group.user(BOB)));
        assertFollowed(0, "node0-1 remote ok");
        assertFollowed(1, "node0-1 delivered to 2");
        assertFollowed(2);
    }

    @Test
    void toATopic() {
        Client subscriber = cluster.enter(2);
        cluster.await(subscriber.subscribe(NEWS));
        cluster.await(sender.relayTo(Group.topic(NEWS)));
        assertFollowed(0, "node0-1 remote ok");
        assertFollowed(2, "node0-1 delivered to 1");
    }

    private static void refused(ErrorCode code, Runnable request) {
        assertEquals(code, assertThrows(Refusal.class, request::run).code());
    }
}
