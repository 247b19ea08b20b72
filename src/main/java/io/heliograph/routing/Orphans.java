package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The peers of nodes that are gone: they may come back on another node within the window. Whether one has not is decided by its
 * record, never by this node's clock alone.
 */
final class Orphans {
    /** Looked at in one second. */
    private static final int LOOKS_MAX = 200;

    /** Peers of one node that is gone who have not come back, by the groups that they are in. */
    private static final class Listing {
        private final Map<PeerId, SessionRecord> records;
        private final Map<Group, Set<PeerId>> members = new HashMap<>();
        private final Map<PeerId, Set<Group>> claimed = new HashMap<>();

        Listing(Map<PeerId, SessionRecord> records) {
            this.records = new HashMap<>(records);
            records.forEach((peer, record) -> record.state()
                    .groups()
                    .forEach(group ->
                            members.computeIfAbsent(group, g -> new HashSet<>()).add(peer)));
        }

        Set<PeerId> of(Group group) {
            return members.getOrDefault(group, Set.of());
        }

        /** Those on their way to other nodes, which have their records. */
        void add(Group group, List<PeerId> peers) {
            members.computeIfAbsent(group, g -> new HashSet<>()).addAll(peers);
            peers.forEach(
                    peer -> claimed.computeIfAbsent(peer, p -> new HashSet<>()).add(group));
        }

        void remove(PeerId peer) {
            claimed.getOrDefault(peer, Set.of()).forEach(group -> of(group).remove(peer));
            claimed.remove(peer);
            SessionRecord record = records.remove(peer);
            if (record != null) {
                record.state().groups().forEach(group -> of(group).remove(peer));
            }
        }
    }

    // Set once.
    private final Census census;
    private final Directory directory;
    private final Claims claims;
    private final CallDesk desk;
    private final Repair repair;
    private final NodeLink link;
    private final int windowTicks;

    // Owned by the node's context.
    /** From a window and one to minus that: so long it is remembered that the window of a node is over. */
    private final Map<NodeId, Integer> ticksLeft = new HashMap<>();

    private final Map<NodeId, Future<Listing>> listings = new HashMap<>();
    private final Set<PeerId> looking = new HashSet<>();

    Orphans(
            Census census,
            Directory directory,
            Claims claims,
            CallDesk desk,
            Repair repair,
            NodeLink link,
            int windowTicks) {
        this.census = census;
        this.directory = directory;
        this.claims = claims;
        this.desk = desk;
        this.repair = repair;
        this.link = link;
        this.windowTicks = windowTicks;
    }

    /** The node is gone. */
    void nodeDown(NodeId node) {
        if (windowTicks == 0) {
            census.rooms().forEach(room -> room.removeAllOf(node));
            abandon(node);
        } else {
            // The first tick may come at once.
            ticksLeft.put(node, windowTicks + 1);
        }
    }

    /** It is there again: it speaks for its own peers. */
    void nodeUp(NodeId node) {
        forget(node);
    }

    private void forget(NodeId node) {
        ticksLeft.remove(node);
        listings.remove(node);
    }

    /** It has come back, on another node. */
    void returned(PeerId peer) {
        listings.values().stream()
                .filter(Future::succeeded)
                .forEach(listing -> listing.result().remove(peer));
    }

    /**
     * Adds the members that {@code nodes} have by the records, of those that are gone, or do not answer and so may be; completes
     * when they are known, and fails where the directory does not answer.
     */
    Future<Void> find(Room room, Set<NodeId> nodes) {
        Group group = Group.room(room.name());
        return inEach(nodes, (node, listing) -> {
            place(room, node, onTheirWay(room.name(), node));
            place(
                    room,
                    node,
                    listing.of(group).stream()
                            .map(peer -> recorded(peer, Objects.requireNonNull(listing.records.get(peer)), room.name()))
                            .toList());
            return seek(group, node, answer -> {
                if (answer instanceof NodeAnswer.Members members) {
                    place(room, node, members.members());
                }
            });
        });
    }

    /** Who of a node that the other one looks for the members of is on the way here. */
    Future<NodeAnswer> answer(NodeRequest.Seek seek) {
        Group group = seek.group();
        return claims.settled()
                .map(claimed -> group.kind() == GroupKind.ROOM
                        ? new NodeAnswer.Members(onTheirWay(group.name(), seek.gone()))
                        : new NodeAnswer.Counts(
                                List.of(new Count(group, 0, false, List.copyOf(onTheirWay(group, seek.gone()))))));
    }

    private Set<PeerId> onTheirWay(Group group, NodeId gone) {
        return census.onTheirWay(group, gone::equals).keySet();
    }

    /** The members that {@code gone} had there, and that are on their way here. */
    private List<OwnedMember> onTheirWay(Name room, NodeId gone) {
        return census.onTheirWay(Group.room(room), gone::equals).entrySet().stream()
                .map(entry -> recorded(entry.getKey(), entry.getValue().before(), room))
                .toList();
    }

    private static void place(Room room, NodeId gone, List<OwnedMember> members) {
        members.stream()
                .filter(owned -> room.nodeOf(owned.member().peer()) == null)
                .forEach(owned -> room.place(gone, owned));
    }

    private static OwnedMember recorded(PeerId peer, SessionRecord record, Name room) {
        return OwnedMember.recorded(peer, record, room, record.epoch());
    }

    /** The same for how many peers of the crowd they have. */
    Future<Void> find(Crowd crowd, Set<NodeId> nodes) {
        Group group = crowd.group();
        return inEach(nodes, (node, listing) -> {
            crowd.merge(node, countOf(group, node, listing), true);
            return seek(group, node, answer -> {
                if (answer instanceof NodeAnswer.Counts counts) {
                    counts.counts().forEach(count -> listing.add(group, count.departing()));
                    crowd.merge(node, countOf(group, node, listing), true);
                }
            });
        });
    }

    private int countOf(Group group, NodeId gone, Listing listing) {
        Set<PeerId> members = new HashSet<>(listing.of(group));
        members.addAll(onTheirWay(group, gone));
        return members.size();
    }

    /** Who has been claimed by another node is not in the list, and comes there once it is on the way. */
    private Future<Void> seek(Group group, NodeId gone, Consumer<NodeAnswer> action) {
        Set<NodeId> others = new HashSet<>(link.others());
        others.remove(gone);
        List<Future<?>> sought = new ArrayList<>();
        for (NodeId other : others) {
            sought.add(link.ask(other, new NodeRequest.Seek(group, gone)).onSuccess(answer -> {
                if (mayComeBack(gone)) {
                    action.accept(answer);
                }
            }));
        }
        return Future.join(sought).otherwiseEmpty().mapEmpty();
    }

    private Future<Void> inEach(Set<NodeId> nodes, BiFunction<NodeId, Listing, Future<Void>> action) {
        List<Future<?>> listed = new ArrayList<>();
        nodes.stream()
                .filter(this::mayComeBack)
                .forEach(node -> listed.add(listing(node)
                        // Who was claimed while it was listed is in no list, and on the way here once that is known.
                        .compose(listing -> claims.settled().map(listing))
                        .compose(listing ->
                                mayComeBack(node) ? action.apply(node, listing) : Future.succeededFuture())));
        return Future.join(listed).mapEmpty();
    }

    /** Whether the window of its peers is not over. */
    private boolean mayComeBack(NodeId node) {
        return windowTicks > 0 && ticksLeft.getOrDefault(node, windowTicks) > 0;
    }

    private Future<Listing> listing(NodeId node) {
        if (!link.others().contains(node)) {
            // It may have been gone before this node was there.
            ticksLeft.putIfAbsent(node, windowTicks + 1);
        }
        Future<Listing> known = listings.get(node);
        if (known != null) {
            return known;
        }
        Future<Listing> listing = directory.sessionsOn(node).map(records -> {
            Map<PeerId, SessionRecord> there = new HashMap<>(records);
            there.keySet().removeIf(peer -> !census.nodeOf(peer, node).equals(node));
            return new Listing(there);
        });
        listings.put(node, listing);
        return listing.onFailure(silent -> listings.remove(node, listing));
    }

    /** The nodes that are gone, with the seconds that are left to their peers. */
    Map<NodeId, Integer> nodes() {
        return ticksLeft.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    void tick() {
        listings.keySet().removeAll(link.others());
        for (NodeId node : List.copyOf(ticksLeft.keySet())) {
            int left = ticksLeft.merge(node, -1, Integer::sum);
            if (left == 0) {
                listings.remove(node);
                abandon(node);
            }
            if (left <= 0 && !look(node) && left < -windowTicks) {
                forget(node);
            }
        }
    }

    /** What is not decided for each peer by its record. */
    private void abandon(NodeId node) {
        census.crowds().forEach(crowd -> crowd.merge(node, 0, false));
        desk.abandon(node);
    }

    /** Answers whether there is anybody to look at. */
    private boolean look(NodeId node) {
        Set<PeerId> orphans = new LinkedHashSet<>();
        census.rooms().stream()
                .filter(room -> room.hasMembersOn(node))
                .forEach(room -> room.membersOf(node)
                        .forEach(owned -> orphans.add(owned.member().peer())));
        orphans.stream()
                .filter(peer -> !looking.contains(peer))
                .limit(LOOKS_MAX)
                .toList()
                .forEach(peer -> look(node, peer));
        return !orphans.isEmpty();
    }

    private void look(NodeId node, PeerId peer) {
        looking.add(peer);
        directory
                .findSession(peer)
                .compose(found -> {
                    if (found.isEmpty()) {
                        leave(node, peer);
                    } else if (!found.get().node().equals(node)) {
                        findAgain(peer, found.get());
                    } else if (ticksLeft.containsKey(node)) {
                        return directory
                                .replaceSession(peer, found, Optional.empty())
                                .onSuccess(removed -> {
                                    if (removed) {
                                        leave(node, peer);
                                    }
                                });
                    }
                    return Future.succeededFuture(false);
                })
                .onComplete(looked -> looking.remove(peer));
    }

    private void leave(NodeId node, PeerId peer) {
        census.rooms().forEach(room -> room.remove(node, peer, LeaveReason.LOST));
    }

    /** It has come back elsewhere, and this node has not heard of it. */
    private void findAgain(PeerId peer, SessionRecord record) {
        NodeId node = record.node();
        if (ticksLeft.getOrDefault(node, 0) > 0) {
            return;
        }
        for (Room room : census.rooms()) {
            if (room.nodeOf(peer) != null) {
                if (link.others().contains(node)) {
                    repair.ask(room, node);
                }
                if (record.state().membership(room.name()).isEmpty()) {
                    room.drop(peer, record.epoch());
                }
            }
        }
    }
}
