package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Roster;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
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
    private final Runnable settled;

    // Owned by the node's context.
    private final Map<PeerId, Entry> roster = new HashMap<>();
    private final Map<PeerId, LocalPeer> here = new HashMap<>();
    private final Set<PeerId> arrived = new HashSet<>();
    private final Set<PeerId> resuming = new HashSet<>();
    private final Map<NodeId, Integer> elsewhere = new TreeMap<>();
    /** Members that are on another node now, and get what is still sent here for them. */
    private final Map<PeerId, LocalPeer> departing = new HashMap<>();

    /** Members here whose seat is being freed. */
    private final Set<PeerId> vacating = new HashSet<>();

    private final Set<Future<?>> announcements = new HashSet<>();
    private int expected;

    Room(Name name, NodeId self, Directory directory, int capacityMax, Runnable settled) {
        this.name = name;
        this.self = self;
        this.settled = settled;
        this.seats = new SeatClaims(directory, self, Group.room(name), capacityMax, () -> {
            if (!isConcerned()) {
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
        return here.isEmpty() && departing.isEmpty() && expected == 0 && seats.isIdle();
    }

    /** Whether members here have been told {@code joined}, and so of everybody who was there before. */
    boolean hasArrivedHere() {
        return !arrived.isEmpty();
    }

    /** Whether this node has members, and so is told of all others. */
    boolean hasMembersHere() {
        return !here.isEmpty();
    }

    boolean hasHere(PeerId peer) {
        return here.containsKey(peer);
    }

    /** What a member of this node takes along from here. */
    SessionState.Membership membershipOf(PeerId peer) {
        OwnedMember owned = Objects.requireNonNull(roster.get(peer)).owned;
        return new SessionState.Membership(
                name, seats.capacity(), owned.member().order(), owned.member().data(), owned.version());
    }

    /** A member is on its way here from another node. */
    void expect() {
        expected++;
    }

    /** Adds the expected member; it has the room's events told by its {@code welcome}. */
    void admitResuming(LocalPeer peer, OwnedMember owned) {
        expected--;
        add(self, owned);
        here.put(peer.id(), peer);
        resuming.add(peer.id());
        peer.rooms().add(name);
    }

    /** The room as a member that was away finds it now. */
    Roster welcomeBack(PeerId peer) {
        resuming.remove(peer);
        arrived.add(peer);
        List<Member> others = roster.values().stream()
                .map(Entry::member)
                .filter(member -> !member.peer().equals(peer))
                .sorted(Comparator.comparingLong(Member::order))
                .toList();
        return new Roster(
                name,
                seats.capacity(),
                Objects.requireNonNull(roster.get(peer)).member().order(),
                others);
    }

    /** Adds a member of this node, whose {@code joined} is still to come. */
    void admit(LocalPeer peer, Member member) {
        // Its own line may be there yet, of a join on another node of whose end this one has not heard.
        roster.values().stream()
                .map(Entry::member)
                .filter(other ->
                        other.order() >= member.order() && !other.peer().equals(member.peer()))
                .sorted(Comparator.comparingLong(Member::order))
                .forEach(other -> peer.deliver(new ServerMessage.PeerJoined(name, other)));
        add(self, new OwnedMember(member, 0, peer.epoch()));
        here.put(member.peer(), peer);
        peer.rooms().add(name);
    }

    /** The seat of a member here is to be freed; answers false where that is under way. */
    boolean vacate(PeerId peer) {
        return vacating.add(peer);
    }

    /** It was not freed. The member may be elsewhere by now. */
    void vacateNot(PeerId peer) {
        if (!vacating.remove(peer)) {
            var unused = seats.giveUp(nodes -> Future.succeededFuture());
        }
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
                .map(entry -> new OwnedMember(entry.member(), entry.owned.version(), epochOf(entry)))
                .toList();
    }

    /** That of its latest claim, where the member is here. */
    private long epochOf(Entry entry) {
        LocalPeer peer = here.get(entry.member().peer());
        return peer == null ? entry.owned.epoch() : Math.max(peer.epoch(), entry.owned.epoch());
    }

    /** The members here, and those that have gone to another node of which {@code node} has not heard there. */
    List<OwnedMember> membersFor(NodeId node) {
        List<OwnedMember> members = new ArrayList<>(membersOf(self));
        departing.values().stream().filter(peer -> peer.hears(node)).forEach(peer -> {
            Entry entry = roster.get(peer.id());
            if (entry != null) {
                members.add(new OwnedMember(entry.member(), entry.owned.version(), peer.epoch()));
            }
        });
        return members;
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

    /** The member is on {@code node} now. */
    void cede(PeerId peer, NodeId node, long epoch) {
        Entry entry = roster.get(peer);
        if (entry != null && epochOf(entry) < epoch) {
            move(entry, node, new OwnedMember(entry.member(), entry.owned.version(), epoch));
        }
    }

    /** The session of that epoch is not in the room. */
    void drop(PeerId peer, long epoch) {
        Entry entry = roster.get(peer);
        if (entry != null && epochOf(entry) < epoch) {
            remove(entry.node, peer, LeaveReason.LEFT);
        }
    }

    /** {@code node} says that it has this member now. */
    void place(NodeId node, OwnedMember owned) {
        if (!here.isEmpty()) {
            add(node, owned);
        }
    }

    /** Whether this node has members, or is about to have some. */
    private boolean isConcerned() {
        return !here.isEmpty() || expected > 0 || seats.isChanging();
    }

    /** Takes over what {@code node} says of some of its members. */
    void merge(NodeId node, List<OwnedMember> members) {
        if (isConcerned()) {
            members.forEach(member -> add(node, member));
        }
    }

    /** Takes over what {@code node} says of all its members; answers who is missing, and to be taken out or found elsewhere. */
    List<OwnedMember> mergeAll(NodeId node, List<OwnedMember> members) {
        if (!isConcerned()) {
            return List.of();
        }
        merge(node, members);
        Set<PeerId> present = new HashSet<>();
        members.forEach(owned -> present.add(owned.member().peer()));
        return membersOf(node).stream()
                .filter(owned -> !present.contains(owned.member().peer()))
                .toList();
    }

    /** Everybody that {@code node} owned is gone. */
    void removeAllOf(NodeId node) {
        membersOf(node).forEach(owned -> remove(node, owned.member().peer(), LeaveReason.LOST));
    }

    /** Takes a member of {@code node} out, if nothing else has been said of it since. */
    void removeMissing(NodeId node, OwnedMember missing) {
        PeerId peer = missing.member().peer();
        Entry entry = roster.get(peer);
        if (entry != null && entry.owned.equals(missing)) {
            remove(node, peer, LeaveReason.LOST);
        }
    }

    /** Takes a member out, if {@code node} owns it. */
    void remove(NodeId node, PeerId peer, LeaveReason reason) {
        Entry entry = roster.get(peer);
        if (entry == null || !entry.node.equals(node)) {
            return;
        }
        roster.remove(peer);
        if (node.equals(self)) {
            removeHere(peer);
        } else {
            elsewhere.computeIfPresent(node, (n, count) -> count == 1 ? null : count - 1);
        }
        tellAllBut(peer, new ServerMessage.PeerLeft(name, peer, reason));
    }

    /** Takes a member of this node out. Where it is on another one by now, nobody sees it leave. */
    void depart(LocalPeer peer, LeaveReason reason) {
        remove(self, peer.id(), reason);
        if (here.get(peer.id()) == peer) {
            removeHere(peer.id());
        }
    }

    /** Changes the data of a member that {@code node} owns, if {@code version} is newer than what is known; answers the version. */
    void update(NodeId node, PeerId peer, long version, Payload data) {
        Entry entry = roster.get(peer);
        if (entry != null && entry.node.equals(node) && entry.owned.version() < version) {
            roster.put(
                    peer,
                    new Entry(node, new OwnedMember(entry.member().withData(data), version, entry.owned.epoch())));
            boolean confirmed = entry.owned.version() == OwnedMember.OUTDATED
                    && entry.member().data().equals(Optional.of(data));
            if (!confirmed) {
                tellAllBut(peer, new ServerMessage.PeerUpdated(name, peer, data));
            }
        }
    }

    /** The version of a member's data; 0 until the first update. */
    long versionOf(PeerId peer) {
        Entry entry = roster.get(peer);
        return entry == null ? 0 : entry.owned.version();
    }

    /**
     * Delivers what came from {@code node} to every member here but the sender.
     *
     * @return how many had no room for it
     */
    int deliver(NodeId node, ServerMessage.Relayed message) {
        return deliver(node, message, here.values()) + deliver(node, message, departing.values());
    }

    /** Nothing more is sent here for the member that is on another node. */
    void release(PeerId peer) {
        departing.remove(peer);
        settled.run();
    }

    /**
     * Delivers to those who are on the way in from another node, or out to one, though this node does not know the sender: they
     * will by the time they see it.
     *
     * @return how many had no room for it
     */
    int deliverToMoving(NodeId node, ServerMessage.Relayed message) {
        return deliver(node, message, resuming.stream().map(here::get).toList())
                + deliver(node, message, departing.values());
    }

    /** For how many members here a relay of {@code sender} on {@code node} is meant. */
    int hearing(NodeId node, PeerId sender) {
        return (int) Stream.concat(here.values().stream(), departing.values().stream())
                .filter(member -> isMeant(member, node, sender))
                .count();
    }

    private static boolean isMeant(LocalPeer member, NodeId node, PeerId sender) {
        return !member.id().equals(sender) && member.hears(node) && !member.isLeaving();
    }

    private static int deliver(NodeId node, ServerMessage.Relayed message, Collection<LocalPeer> members) {
        int full = 0;
        for (LocalPeer member : members) {
            if (isMeant(member, node, message.from()) && !member.deliver(message)) {
                full++;
            }
        }
        return full;
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
            return;
        }
        boolean later = owned.epoch() > epochOf(before);
        if (isAnotherJoin(before.owned, owned, later)) {
            if (later || before.node.equals(node)) {
                replace(before, node, owned);
            }
        } else if (later) {
            move(before, node, owned);
        } else if (before.node.equals(node)) {
            refresh(before, owned);
        }
    }

    /** Members see it leave and join. */
    private void replace(Entry before, NodeId node, OwnedMember owned) {
        PeerId peer = owned.member().peer();
        if (before.node.equals(self) && !node.equals(self)) {
            cedeHere(peer);
        }
        remove(before.node, peer, LeaveReason.LOST);
        add(node, owned);
    }

    /** What the owner of a member in the roster says of its data, or that it has never had any. */
    private void refresh(Entry entry, OwnedMember owned) {
        Member member = entry.member();
        if (owned.member().data().isPresent()) {
            update(
                    entry.node,
                    member.peer(),
                    owned.version(),
                    owned.member().data().get());
        } else if (entry.owned.version() == OwnedMember.OUTDATED) {
            roster.put(
                    member.peer(),
                    new Entry(entry.node, new OwnedMember(member, owned.version(), entry.owned.epoch())));
        }
    }

    /** Members see nothing of it, but for data that has changed. */
    private void move(Entry before, NodeId node, OwnedMember owned) {
        PeerId peer = owned.member().peer();
        if (!before.node.equals(node)) {
            if (before.node.equals(self)) {
                cedeHere(peer);
            } else {
                elsewhere.computeIfPresent(before.node, (n, count) -> count == 1 ? null : count - 1);
            }
            if (!node.equals(self)) {
                elsewhere.merge(node, 1, Integer::sum);
            }
        }
        // Who comes back here by a record that is behind has what this room knows; who does so elsewhere, what its
        // owner says.
        long version =
                !node.equals(self) && isBehind(before.owned, owned) ? OwnedMember.OUTDATED : before.owned.version();
        Entry moved = new Entry(node, new OwnedMember(before.member(), version, owned.epoch()));
        roster.put(peer, moved);
        refresh(moved, owned);
    }

    /** The member that was here is elsewhere, and so is its seat. */
    private void cedeHere(PeerId peer) {
        LocalPeer leaver = here.get(peer);
        if (leaver != null && !leaver.isDeparting()) {
            leaver.disown();
        } else if (leaver != null && !leaver.isLeaving()) {
            departing.put(peer, leaver);
        }
        boolean freed = vacating.contains(peer);
        removeHere(peer);
        if (!freed) {
            var unused = seats.giveUp(nodes -> Future.succeededFuture());
        }
    }

    private void removeHere(PeerId peer) {
        vacating.remove(peer);
        arrived.remove(peer);
        resuming.remove(peer);
        LocalPeer leaver = here.remove(peer);
        if (leaver != null) {
            leaver.rooms().remove(name);
        }
    }

    /** Join numbers begin anew when a room has been empty, so the same one may stand for a later join. */
    private static boolean isAnotherJoin(OwnedMember before, OwnedMember now, boolean byAnotherClaim) {
        return before.member().order() != now.member().order() || (isBehind(before, now) && !byAnotherClaim);
    }

    /** Whether its data is older: of another join, or of a record that has missed an update. */
    private static boolean isBehind(OwnedMember before, OwnedMember now) {
        return before.version() > now.version() && now.version() != OwnedMember.OUTDATED;
    }

    private void tellAllBut(PeerId peer, ServerMessage message) {
        here.forEach((id, member) -> {
            if (!id.equals(peer)) {
                member.deliver(message);
            }
        });
    }
}
