package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage.PeerJoined;
import io.heliograph.protocol.ServerMessage.PeerUpdated;
import io.vertx.core.Promise;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a room tells its members, where chance finds it too rarely. */
class RoomTest {
    private static final Name ROOM = new Name("standup");
    private static final NodeId SELF = new NodeId("self", 0);
    private static final NodeId OTHER = new NodeId("other", 0);
    private static final NodeId THIRD = new NodeId("third", 0);

    private static final Payload OLD = Payload.of("1");
    private static final Payload NEW = Payload.of("2");

    private static Member member(String peer, long order) {
        return new Member(new PeerId(peer), order, Optional.empty(), Optional.empty());
    }

    /** After a partition two may have the same. */
    @Test
    void aJoinerIsToldOfAMemberWithItsOwnJoinNumber() {
        Room room = roomWith(SELF);
        Member earlier = member("p1", 1);
        Member joiner = member("p2", 1);
        Told told = new Told();
        LocalPeer peer = peer("p2", 1, told);
        room.merge(OTHER, List.of(new OwnedMember(earlier, 0, 1)));
        room.admit(peer, joiner);
        assertEquals(List.of(), room.before(joiner.order()));
        assertEquals(List.of(new PeerJoined(ROOM, earlier)), told.messages);
    }

    /** It was asked for its members while it did not answer, so they were taken from their records; they have no data. */
    @Test
    void whatANodeSaysOfItsMembersReplacesWhatTheirRecordsSaid() {
        Room there = roomWith(OTHER);
        there.admit(peer("p2", 2), member("p2", 2));
        Room here = roomWith(SELF);
        here.admit(peer("p1", 1), member("p1", 1));
        here.place(OTHER, new OwnedMember(member("p2", 2), OwnedMember.OUTDATED, 2));
        assertEquals(List.of(), here.mergeAll(OTHER, there.membersOf(OTHER)));
        assertEquals(there.digestOf(OTHER), here.digestOf(OTHER));
    }

    @Test
    void aMemberWithoutDataThatMovesIsTheSameForEverybody() {
        Room there = roomWith(OTHER);
        there.admit(peer("p2", 3), member("p2", 2));
        Room here = roomWith(SELF);
        here.admit(peer("p1", 1), member("p1", 1));
        here.place(THIRD, new OwnedMember(member("p2", 2), OwnedMember.OUTDATED, 2));
        assertEquals(List.of(), here.mergeAll(OTHER, there.membersOf(OTHER)));
        assertEquals(there.digestOf(OTHER), here.digestOf(OTHER));
    }

    /** In a cut the directory may go back to a copy of before the last update of its data. */
    @Test
    void nobodySeesAMemberLeaveThatComesBackByARecordThatHasMissedAnUpdate() {
        Told told = new Told();
        Room here = roomWith(SELF);
        here.admit(peer("p1", 1, told), member("p1", 1));
        here.place(OTHER, new OwnedMember(member("p2", 2).withData(NEW), 1, 1));
        told.messages.clear();
        here.place(THIRD, new OwnedMember(member("p2", 2).withData(OLD), 0, 2));
        assertEquals(List.of(new PeerUpdated(ROOM, new PeerId("p2"), OLD)), told.messages);

        LocalPeer back = peer("p2", 3);
        Room there = roomWith(THIRD);
        there.expect();
        there.admitResuming(back, new OwnedMember(member("p2", 2).withData(OLD), 0, 3));
        assertEquals(List.of(), here.mergeAll(THIRD, there.membersOf(THIRD)));
        assertEquals(there.digestOf(THIRD), here.digestOf(THIRD));
        assertEquals(1, told.messages.size());
    }

    @Test
    void aMemberThatComesBackWhereItsLastUpdateIsKnownHasThat() {
        Told told = new Told();
        Room here = roomWith(SELF);
        here.admit(peer("p1", 1, told), member("p1", 1));
        here.place(OTHER, new OwnedMember(member("p2", 2).withData(NEW), 1, 1));
        told.messages.clear();
        here.expect();
        here.admitResuming(peer("p2", 2), new OwnedMember(member("p2", 2).withData(OLD), 0, 2));
        assertEquals(List.of(), told.messages);
        assertEquals(1, here.versionOf(new PeerId("p2")));
    }

    private static Room roomWith(NodeId self) {
        Room room = new Room(ROOM, self, new SlowDirectory(), 8, () -> {});
        room.seats().take(0, Promise.promise());
        return room;
    }

    private static LocalPeer peer(String id, long epoch) {
        return peer(id, epoch, new Told());
    }

    private static LocalPeer peer(String id, long epoch, Told told) {
        LocalPeer peer = new LocalPeer(
                new PeerId(id),
                Optional.empty(),
                Optional.empty(),
                new LocalPeer.Claim(epoch, "key", Optional.empty()),
                told);
        peer.begin();
        return peer;
    }
}
