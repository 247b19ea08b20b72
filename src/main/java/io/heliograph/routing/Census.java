package io.heliograph.routing;

import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The peers that this node owns, and the groups that they have to do with. */
final class Census {
    private static final int MOVES_KEPT_TICKS = 10;
    /** After so many a node waits for an answer no more: its client was told so, and may have sent the next relay. */
    private static final int GIVEN_UP_TICKS = 2;

    // Set once.
    private final NodeId self;
    private final Directory directory;
    private final Limits limits;
    private final Facts facts;

    // Owned by the node's context.
    private final Map<PeerId, LocalPeer> peers = new HashMap<>();
    private final Map<PeerId, Settling> unsettled = new HashMap<>();
    private final Map<PeerId, NodeId> moves = new HashMap<>();
    private final Set<PeerId> movesLately = new HashSet<>();
    /** Peers that have gone on from a node, with their crowds, until it knows that they are heard of elsewhere. */
    private final Map<NodeId, Map<PeerId, List<Group>>> goneOn = new HashMap<>();

    private int ticks;
    private final Map<Name, Room> rooms = new HashMap<>();
    private final Map<Group, Crowd> crowds = new LinkedHashMap<>();

    /** A claim of this node with that epoch, until the peer is here with all that it had elsewhere. */
    record Settling(SessionRecord before, long epoch, Future<?> settled) {}

    Census(NodeId self, Directory directory, Limits limits, Facts facts) {
        this.self = self;
        this.directory = directory;
        this.limits = limits;
        this.facts = facts;
    }

    NodeId self() {
        return self;
    }

    void add(LocalPeer peer) {
        peers.put(peer.id(), peer);
    }

    /** Answers whether it was there. */
    boolean remove(LocalPeer peer) {
        return peers.remove(peer.id(), peer);
    }

    /** It was claimed for this node. */
    void settling(PeerId peer, Settling claim) {
        unsettled.put(peer, claim);
        claim.settled().onComplete(done -> unsettled.remove(peer));
    }

    /** The members of the group that are on their way here from such nodes. */
    Map<PeerId, Settling> onTheirWay(Group group, Predicate<NodeId> from) {
        Map<PeerId, Settling> members = new TreeMap<>();
        unsettled.forEach((peer, settling) -> {
            SessionRecord before = settling.before();
            if (from.test(before.node())
                    && expected(peer)
                    && before.state().groups().contains(group)) {
                members.put(peer, settling);
            }
        });
        return members;
    }

    /** Whether it is on its way here, and other nodes do not know it yet. */
    boolean expected(PeerId peer) {
        return unsettled.containsKey(peer) && !peers.containsKey(peer);
    }

    /** Completes when the peer, should it be on its way here, has all that it had elsewhere. */
    Future<?> settled(PeerId id) {
        return settledBefore(id, Long.MAX_VALUE);
    }

    /** The same for what was claimed with a lower epoch: what was claimed later is none of its concern. */
    Future<?> settledBefore(PeerId id, long epoch) {
        return Optional.ofNullable(unsettled.get(id))
                .filter(settling -> settling.epoch() < epoch)
                .<Future<?>>map(Settling::settled)
                .orElseGet(Future::succeededFuture);
    }

    /** Whether it is on its way here, and does not have all yet. */
    boolean isSettling(PeerId peer) {
        return unsettled.containsKey(peer);
    }

    /** Whether any peer is on its way here. */
    boolean isSettling() {
        return !unsettled.isEmpty();
    }

    /** The peer is on that node now, whatever was on its way when it went there. Answers whether that is news. */
    boolean moved(PeerId peer, NodeId node) {
        boolean news = !node.equals(moves.put(peer, node));
        movesLately.add(peer);
        upToDate(peer, node);
        peers.values().forEach(seeker -> seeker.moved(peer, node));
        return news;
    }

    /** What {@code node} has said of these crowds before it answers {@code switched} may count the peer, though it is elsewhere. */
    void goneOn(PeerId peer, NodeId node, List<Group> groups, Future<?> switched) {
        goneOn.computeIfAbsent(node, n -> new HashMap<>()).put(peer, groups);
        switched.onComplete(answered -> upToDate(peer, node));
    }

    private void upToDate(PeerId peer, NodeId node) {
        goneOn.computeIfPresent(node, (n, peers) -> {
            peers.remove(peer);
            return peers.isEmpty() ? null : peers;
        });
    }

    /** Where a peer is that {@code said} has said to be there. */
    NodeId nodeOf(PeerId peer, NodeId said) {
        return moves.getOrDefault(peer, said);
    }

    /** So many seconds this node has been there. */
    int ticks() {
        return ticks;
    }

    /** Whether a node that asked at that tick waits no more. */
    boolean hasGivenUp(int askedAt) {
        return ticks - askedAt > GIVEN_UP_TICKS;
    }

    /** What was on its way when peers moved has arrived after a while. Called once a second. */
    void tick() {
        if (++ticks % MOVES_KEPT_TICKS == 0) {
            moves.keySet().retainAll(movesLately);
            movesLately.clear();
        }
    }

    /** The rooms that the peer is in, by name. */
    List<Room> roomsOf(LocalPeer peer) {
        return peer.rooms().stream()
                .sorted()
                .map(name -> Objects.requireNonNull(rooms.get(name)))
                .toList();
    }

    Optional<LocalPeer> peer(PeerId id) {
        return Optional.ofNullable(peers.get(id));
    }

    /** Whether it is here, and not another one of its id. */
    boolean has(LocalPeer peer) {
        return peers.get(peer.id()) == peer;
    }

    Collection<LocalPeer> peers() {
        return peers.values();
    }

    Optional<Room> room(Name name) {
        return Optional.ofNullable(rooms.get(name));
    }

    /** The room, begun if this node had nothing to do with it so far. */
    Room openRoom(Name name) {
        return rooms.computeIfAbsent(name, opened -> {
            facts.roomOpened(opened);
            return new Room(opened, self, directory, limits.capacity(), () -> closeRoomIfUnused(opened));
        });
    }

    /** All rooms; a copy, so that they may close meanwhile. */
    List<Room> rooms() {
        return List.copyOf(rooms.values());
    }

    Optional<Crowd> crowd(Group group) {
        return Optional.ofNullable(crowds.get(group));
    }

    /** The crowd, begun if this node had nothing to do with it so far. */
    Crowd openCrowd(Group group) {
        return crowds.computeIfAbsent(
                group, opened -> new Crowd(opened, self, directory, seats(opened), () -> closeCrowdIfUnused(opened)));
    }

    private int seats(Group crowd) {
        int ofUser = limits.intake().sessionsPerUser();
        return crowd.kind() == GroupKind.USER && ofUser > 0 ? ofUser : Integer.MAX_VALUE;
    }

    /** Takes over what {@code node} says of its part in a crowd. */
    void merge(NodeId node, Count count) {
        long unheard = count.departing().stream()
                .filter(peer -> nodeOf(peer, node).equals(node))
                .count();
        long outdated = goneOn.getOrDefault(node, Map.of()).entrySet().stream()
                .filter(gone -> gone.getValue().contains(count.group())
                        && !count.departing().contains(gone.getKey()))
                .count();
        long members = Math.max(0, count.members() + unheard - outdated);
        crowd(count.group()).ifPresent(crowd -> crowd.merge(node, (int) members, count.takesPart()));
    }

    /** All crowds; a copy, so that they may close meanwhile. */
    List<Crowd> crowds() {
        return List.copyOf(crowds.values());
    }

    /** What the peer has. */
    SessionState stateOf(LocalPeer peer) {
        List<SessionState.Membership> memberships =
                roomsOf(peer).stream().map(room -> room.membershipOf(peer.id())).toList();
        List<Name> topics = peer.crowds().stream()
                .filter(group -> group.kind() == GroupKind.TOPIC)
                .map(Group::name)
                .sorted()
                .toList();
        List<SessionState.TakenCall> calls = new ArrayList<>();
        peer.outgoing()
                .values()
                .forEach(call -> call.taker()
                        .ifPresent(
                                taker -> calls.add(new SessionState.TakenCall(call.id(), taker, call.callee(), true))));
        peer.incoming().values().stream()
                .filter(IncomingCall::taken)
                .forEach(call -> calls.add(new SessionState.TakenCall(
                        call.id(), call.caller(), peer.user().orElseThrow(), false)));
        List<Name> watching = peer.watched().stream().sorted().toList();
        return new SessionState(peer.user(), peer.data(), memberships, topics, watching, calls, peer.acquaintances());
    }

    /** Whether the peer shares a room or a call with {@code other}, or was written to by it. */
    boolean knows(LocalPeer peer, PeerId other) {
        return peer.isAcquaintedWith(other)
                || peer.incoming().values().stream()
                        .anyMatch(call -> call.caller().equals(other))
                || peer.outgoing().values().stream()
                        .anyMatch(call -> call.called().containsKey(other))
                || nodeByRoom(other, peer).isPresent();
    }

    /** The node of a peer that {@code seeker} has found before, or shares a room with. */
    Optional<NodeId> locate(PeerId peer, LocalPeer seeker) {
        return seeker.stranger(peer).or(() -> nodeByRoom(peer, seeker));
    }

    private Optional<NodeId> nodeByRoom(PeerId peer, LocalPeer seeker) {
        for (Name name : seeker.rooms()) {
            Room room = rooms.get(name);
            NodeId node = room == null ? null : room.nodeOf(peer);
            if (node != null) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    private void closeCrowdIfUnused(Group group) {
        Crowd crowd = crowds.get(group);
        if (crowd != null && crowd.isUnused()) {
            crowds.remove(group);
        }
    }

    private void closeRoomIfUnused(Name name) {
        Room room = rooms.get(name);
        if (room != null && room.isUnused()) {
            rooms.remove(name);
            facts.roomClosed(name);
        }
    }
}
