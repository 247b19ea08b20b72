package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Brings rosters and directory in line again after something was lost: a message, a node's answer, an entry in a merge.
 * Everything here may be repeated at any time without harm.
 */
final class Repair {
    private static final int COMPARE_EVERY_TICKS = 10;
    private static final int ASSERT_EVERY_TICKS = 60;
    /** What is to be asserted is spread over so many ticks, so that it does not stand in the way of those who join. */
    private static final int ASSERT_WITHIN_TICKS = 8;

    /** Crowds compared in one message. */
    private static final int COUNTS_MAX = 500;

    private final Census census;
    private final Directory directory;
    private final NodeLink link;
    private final Records records;
    private final CallDesk desk;

    // Owned by the node's context.
    private final Map<NodeId, Set<Group>> unanswered = new HashMap<>();
    private final Deque<PeerId> sessionsToAssert = new ArrayDeque<>();
    private final Deque<Group> groupsToAssert = new ArrayDeque<>();
    private int assertionsPerTick;
    private int ticks;

    Repair(Census census, Directory directory, NodeLink link, Records records, CallDesk desk) {
        this.census = census;
        this.directory = directory;
        this.records = records;
        this.link = link;
        this.desk = desk;
    }

    void tick() {
        ticks++;
        unanswered.forEach((node, groups) -> List.copyOf(groups).forEach(group -> announceAgain(node, group)));
        census.rooms().stream().filter(room -> room.seats().isToBeAsserted()).forEach(this::assertSeats);
        census.crowds().stream().filter(crowd -> crowd.seats().isToBeAsserted()).forEach(this::assertSeats);
        if (ticks % COMPARE_EVERY_TICKS == 0) {
            link.others().forEach(this::compare);
            desk.compareHere();
        }
        if (ticks % ASSERT_EVERY_TICKS == 0) {
            assertEverything();
        }
        for (int i = 0; i < assertionsPerTick; i++) {
            Optional.ofNullable(sessionsToAssert.poll()).flatMap(census::peer).ifPresent(this::assertSession);
            Optional.ofNullable(groupsToAssert.poll()).ifPresent(this::assertSeats);
        }
    }

    /** Tells {@code node} of members of this node, and takes over its own; a silent node is told again until it answers. */
    Future<Void> announce(Room room, NodeId node, List<OwnedMember> members, boolean complete) {
        Group group = Group.room(room.name());
        return link.ask(node, new NodeRequest.Announce(room.name(), members, complete))
                .onSuccess(answer -> {
                    takeOver(room, node, answer);
                    if (complete) {
                        answered(node, group);
                    }
                })
                .onFailure(failure -> unanswered(node, group))
                .mapEmpty();
    }

    /** Tells {@code node} of this node's part in some crowds, and takes over its own; a silent node is told again. */
    Future<Void> announce(NodeId node, List<Crowd> crowds) {
        return link.ask(
                        node,
                        new NodeRequest.Counts(
                                crowds.stream().map(crowd -> crowd.count(node)).toList()))
                .onSuccess(answer -> {
                    crowds.forEach(crowd -> answered(node, crowd.group()));
                    takeOver(node, answer);
                })
                .onFailure(failure -> crowds.forEach(crowd -> unanswered(node, crowd.group())))
                .mapEmpty();
    }

    /** Takes over what {@code node} says of its own members. */
    Future<Void> ask(Room room, NodeId node) {
        return link.ask(node, new NodeRequest.Ask(room.name()))
                .onSuccess(answer -> takeOver(room, node, answer))
                .mapEmpty();
    }

    /** In the next ticks, says again to the directory and to the other nodes what is true of this node. */
    void assertEverything() {
        sessionsToAssert.clear();
        groupsToAssert.clear();
        census.peers().forEach(peer -> sessionsToAssert.add(peer.id()));
        census.rooms().forEach(room -> groupsToAssert.add(Group.room(room.name())));
        census.crowds().forEach(crowd -> groupsToAssert.add(crowd.group()));
        assertionsPerTick = Math.max(sessionsToAssert.size(), groupsToAssert.size()) / ASSERT_WITHIN_TICKS + 1;
    }

    /** Nothing is owed to a node that is gone. */
    void forget(NodeId node) {
        unanswered.remove(node);
    }

    /** Tells {@code node} all that this node has in the room. */
    void announceAll(Room room, NodeId node) {
        announce(room, node, room.membersOf(census.self()), true);
    }

    private void assertSession(LocalPeer peer) {
        records.check(peer).onComplete(asserted -> {
            // It may have ended meanwhile, and its record have been removed before this one was written.
            if (census.peer(peer.id()).isEmpty()) {
                records.removeLater(peer.id(), peer.claim().key());
            } else if (records.known(peer.id()).isPresent()) {
                peer.own();
            }
        });
    }

    private void assertSeats(Group group) {
        if (group.kind() == GroupKind.ROOM) {
            census.room(group.name()).ifPresent(this::assertSeats);
        } else {
            census.crowd(group).ifPresent(this::assertSeats);
        }
    }

    /** Says to the directory, and to nodes that have not heard of it, what is true of this node. */
    void assertSeats(Room room) {
        assertSeats(room.seats(), room.nodesElsewhere(), node -> announceAll(room, node));
    }

    /** The same for a crowd. */
    void assertSeats(Crowd crowd) {
        assertSeats(crowd.seats(), crowd.nodesElsewhere(), node -> announce(node, List.of(crowd)));
    }

    /** Nodes of which this one knows, those {@code heard}, are compared with anyway. */
    private void assertSeats(SeatClaims seats, Set<NodeId> heard, Consumer<NodeId> announce) {
        Promise<Set<NodeId>> asserted = Promise.promise();
        asserted.future().onSuccess(nodes -> {
            Set<NodeId> unheard = new HashSet<>(nodes);
            unheard.removeAll(heard);
            unheard.retainAll(link.others());
            unheard.forEach(announce);
        });
        seats.assertOwn(asserted);
    }

    private void announceAgain(NodeId node, Group group) {
        if (group.kind() == GroupKind.ROOM) {
            census.room(group.name()).ifPresentOrElse(room -> announceAll(room, node), () -> answered(node, group));
        } else {
            census.crowd(group).ifPresentOrElse(crowd -> announce(node, List.of(crowd)), () -> answered(node, group));
        }
    }

    private void unanswered(NodeId node, Group group) {
        if (link.others().contains(node)) {
            unanswered.computeIfAbsent(node, n -> new LinkedHashSet<>()).add(group);
        }
    }

    private void answered(NodeId node, Group group) {
        unanswered.getOrDefault(node, new HashSet<>()).remove(group);
    }

    /** Lets {@code node} find out where its picture of this node's members is not true. */
    void compare(NodeId node) {
        Map<Name, Long> digests = new HashMap<>();
        for (Room room : census.rooms()) {
            if (room.hasMembersOn(node)) {
                digests.put(room.name(), room.digestOf(census.self()));
            }
        }
        link.ask(node, new NodeRequest.Compare(digests));
        desk.compare(node);
        List<Crowd> shared = census.crowds().stream()
                .filter(crowd -> crowd.nodesElsewhere().contains(node))
                .toList();
        for (int from = 0; from < shared.size(); from += COUNTS_MAX) {
            announce(node, shared.subList(from, Math.min(shared.size(), from + COUNTS_MAX)));
        }
    }

    private void takeOver(NodeId node, NodeAnswer answer) {
        if (answer instanceof NodeAnswer.Counts counts) {
            counts.counts().forEach(count -> census.merge(node, count));
        }
    }

    private void takeOver(Room room, NodeId node, NodeAnswer answer) {
        if (answer instanceof NodeAnswer.Members members) {
            takeOver(room, node, members.members());
        }
    }

    /** Takes over what {@code node} says of all its members. */
    void takeOver(Room room, NodeId node, List<OwnedMember> members) {
        room.mergeAll(node, members).forEach(missing -> miss(room, node, missing));
    }

    /**
     * It may have gone on at another node while this one heard nothing: then that one is heard before it is taken out. Where
     * neither that node nor the directory answers, the next comparison misses it again.
     */
    private void miss(Room room, NodeId node, OwnedMember missing) {
        PeerId peer = missing.member().peer();
        Runnable takeOut = () -> room.removeMissing(node, missing);
        directory.findSession(peer).onSuccess(found -> {
            NodeId owner = found.map(SessionRecord::node).orElse(node);
            boolean onTheWay = census.peer(peer).isEmpty() && !records.isUnclaimed(peer);
            if (owner.equals(node) || (owner.equals(census.self()) && !onTheWay)) {
                takeOut.run();
            } else if (link.others().contains(owner)) {
                ask(room, owner).onSuccess(heard -> takeOut.run());
            }
        });
    }
}
