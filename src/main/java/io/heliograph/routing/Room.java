package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A room as this node sees it: the whole roster, and which of its members are here. Members here are told every change of the
 * roster.
 */
final class Room {

    /** One line of the roster. Only the owner of a member changes it. */
    private record Entry(NodeId node, OwnedMember owned) {
        Member member() {
            return owned.member();
        }
    }

    // Set once.
    private final Name name;
    private final NodeId self;
    private final SeatClaims seats;

    // Owned by the node's context.
    private final Map<PeerId, Entry> roster = new HashMap<>();
    private final Map<PeerId, LocalPeer> here = new HashMap<>();
    private final Set<PeerId> arrived = new HashSet<>();
    private final Map<NodeId, Integer> elsewhere = new TreeMap<>();
    private final Set<Future<?>> announcements = new HashSet<>();

    Room(Name name, NodeId self, Directory directory, int capacityMax, Runnable settled) {
        this.name = name;
        this.self = self;
        this.seats = new SeatClaims(directory, self, Group.room(name), capacityMax, () -> {
            if (here.isEmpty()) {
                // Nobody tells a node without seats who leaves: what is known now would be wrong for the next to join.
                roster.clear();
                elsewhere.clear();
            }
            settled.run();
        });
    }

    Name name() {
        return name;
    }

    SeatClaims seats() {
        return seats;
    }

    /** Whether this node has nothing to do with the room any more. */
    boolean isUnused() {
        return here.isEmpty() && seats.isIdle();
    }

    /** Whether members here have been told {@code joined}, and so of everybody who was there before. */
    boolean hasArrivedHere() {
        return !arrived.isEmpty();
    }

    boolean hasHere(PeerId peer) {
        return here.containsKey(peer);
    }

    /** Adds a member of this node, whose {@code joined} is still to come. */
    void admit(LocalPeer peer, Member member) {
        roster.values().stream()
                .map(Entry::member)
                .filter(other -> other.order() >= member.order())
                .sorted(Comparator.comparingLong(Member::order))
                .forEach(other -> peer.deliver(new ServerMessage.PeerJoined(name, other)));
        add(self, new OwnedMember(member, 0));
        here.put(member.peer(), peer);
        peer.rooms().add(name);
    }

    /** Remembers an announcement until it has been answered. */
    void announcing(Future<?> announcement) {
        announcements.add(announcement);
        announcement.onComplete(answered -> announcements.remove(announcement));
    }

    /** The announcements of joiners of this node that have not been answered. */
    List<Future<?>> announcements() {
        return List.copyOf(announcements);
    }

    /** A member of this node is told {@code joined} now. */
    void arrive(PeerId peer) {
        if (here.containsKey(peer)) {
            arrived.add(peer);
        }
    }

    /** Those with a lower join number, in the order in which they joined. */
    List<Member> before(long order) {
        return roster.values().stream()
                .map(Entry::member)
                .filter(member -> member.order() < order)
                .sorted(Comparator.comparingLong(Member::order))
                .toList();
    }

    /** The nodes that own members, this one left out. */
    Set<NodeId> nodesElsewhere() {
        return new HashSet<>(elsewhere.keySet());
    }

    /** Whether this node knows of members that {@code node} owns. */
    boolean hasMembersOn(NodeId node) {
        return elsewhere.containsKey(node);
    }

    /** The node that owns a member of this room, or null if there is no such member. */
    @Nullable
    NodeId nodeOf(PeerId peer) {
        Entry entry = roster.get(peer);
        return entry == null ? null : entry.node;
    }

    /** The members that {@code node} owns. */
    List<OwnedMember> membersOf(NodeId node) {
        return roster.values().stream()
                .filter(entry -> entry.node.equals(node))
                .map(Entry::owned)
                .toList();
    }

    /** A number that is very likely another one if the members that {@code node} owns are others. */
    long digestOf(NodeId node) {
        long digest = 0;
        for (Entry entry : roster.values()) {
            if (entry.node.equals(node)) {
                long line = entry.member().peer().value().hashCode() * 31L
                        + entry.member().order();
                digest += (line * 31 + entry.owned.version()) * 0x9E3779B97F4A7C15L;
            }
        }
        return digest;
    }

    /** Takes over what {@code node} says of its own members. */
    void merge(NodeId node, List<OwnedMember> members, boolean complete) {
        members.forEach(member -> add(node, member));
        if (complete) {
            Set<PeerId> present = new HashSet<>();
            members.forEach(owned -> present.add(owned.member().peer()));
            membersOf(node).stream()
                    .map(owned -> owned.member().peer())
                    .filter(peer -> !present.contains(peer))
                    .forEach(peer -> remove(node, peer, LeaveReason.LOST));
        }
    }

    /** Everybody that {@code node} owned is gone. */
    void removeAllOf(NodeId node) {
        merge(node, List.of(), true);
    }

    /** Takes a member out, if {@code node} owns it. */
    void remove(NodeId node, PeerId peer, LeaveReason reason) {
        Entry entry = roster.get(peer);
        if (entry == null || !entry.node.equals(node)) {
            return;
        }
        roster.remove(peer);
        if (node.equals(self)) {
            arrived.remove(peer);
            LocalPeer leaver = here.remove(peer);
            if (leaver != null) {
                leaver.rooms().remove(name);
            }
        } else {
            elsewhere.computeIfPresent(node, (n, count) -> count == 1 ? null : count - 1);
        }
        tellAllBut(peer, new ServerMessage.PeerLeft(name, peer, reason));
    }

    /** Changes the data of a member that {@code node} owns, if {@code version} is newer than what is known; answers the version. */
    void update(NodeId node, PeerId peer, long version, Payload data) {
        Entry entry = roster.get(peer);
        if (entry != null && entry.node.equals(node) && entry.owned.version() < version) {
            roster.put(peer, new Entry(node, new OwnedMember(entry.member().withData(data), version)));
            tellAllBut(peer, new ServerMessage.PeerUpdated(name, peer, data));
        }
    }

    /** The version of a member's data; 0 until the first update. */
    long versionOf(PeerId peer) {
        Entry entry = roster.get(peer);
        return entry == null ? 0 : entry.owned.version();
    }

    /** Delivers to every member here but the sender. */
    void deliver(ServerMessage.Relayed message) {
        tellAllBut(message.from(), message);
    }

    private void add(NodeId node, OwnedMember owned) {
        Member member = owned.member();
        Entry before = roster.get(member.peer());
        if (before == null) {
            roster.put(member.peer(), new Entry(node, owned));
            if (!node.equals(self)) {
                elsewhere.merge(node, 1, Integer::sum);
            }
            tellAllBut(member.peer(), new ServerMessage.PeerJoined(name, member));
        } else if (before.node.equals(node) && isAnotherJoin(before.owned, owned)) {
            remove(node, member.peer(), LeaveReason.LOST);
            add(node, owned);
        } else {
            member.data().ifPresent(data -> update(node, member.peer(), owned.version(), data));
        }
    }

    /** Join numbers begin anew when a room has been empty, so the same one may stand for a later join. */
    private static boolean isAnotherJoin(OwnedMember before, OwnedMember now) {
        return before.member().order() != now.member().order() || before.version() > now.version();
    }

    private void tellAllBut(PeerId peer, ServerMessage message) {
        here.forEach((id, member) -> {
            if (!id.equals(peer)) {
                member.deliver(message);
            }
        });
    }
}
