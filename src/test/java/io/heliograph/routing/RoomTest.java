package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage.PeerJoined;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a room tells its members, where chance finds it too rarely. */
class RoomTest {
    private static final Name ROOM = new Name("standup");
    private static final NodeId SELF = new NodeId("self", 0);
    private static final NodeId OTHER = new NodeId("other", 0);

    private static Member member(String peer, long order) {
        return new Member(new PeerId(peer), order, Optional.empty(), Optional.empty());
    }

    /** After a partition two may have the same. */
    @Test
    void aJoinerIsToldOfAMemberWithItsOwnJoinNumber() {
        Room room = new Room(ROOM, SELF, new SlowDirectory(), 8, () -> {});
        Member earlier = member("p1", 1);
        Member joiner = member("p2", 1);
        Told told = new Told();
        LocalPeer peer = new LocalPeer(
                joiner.peer(),
                Optional.empty(),
                Optional.empty(),
                new LocalPeer.Claim(1, "key", Optional.empty()),
                told);
        peer.begin();
        room.seats().take(0, Promise.promise());
        room.merge(OTHER, List.of(new OwnedMember(earlier, 0, 1)), false);
        room.admit(peer, joiner);
        assertEquals(List.of(), room.before(joiner.order()));
        assertEquals(List.of(new PeerJoined(ROOM, earlier)), told.messages);
    }
}
