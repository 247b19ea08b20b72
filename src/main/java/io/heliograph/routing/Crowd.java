package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The subscribers of a topic or the peers of a user, as this node sees them: who is here, and how many are on which other node.
 * Watchers here are told every change of their number.
 */
final class Crowd {
    /** Whoever sent to a crowd is likely to send again: so long its nodes need not be looked up. */
    private static final int USE_TICKS = 60;

    private static final int NOTHING_TOLD = -1;

    // Set once.
    private final Group group;
    private final SeatClaims seats;
    private final Runnable settled;

    // Owned by the node's context.
    private final Map<PeerId, LocalPeer> here = new LinkedHashMap<>();
    /** Those that are on another node now, and get what is still sent here for them. */
    private final Map<PeerId, LocalPeer> departing = new LinkedHashMap<>();
    /** Those without members take part as well: they are told. */
    private final Map<NodeId, Integer> elsewhere = new TreeMap<>();

    /** With the number that each was told last. */
    private final Map<LocalPeer, Integer> watchers = new LinkedHashMap<>();

    private int expected;
    private boolean interested;
    private boolean known;
    private int useTicksLeft;

    /** @param seats how many members there may be */
    Crowd(Group group, NodeId self, Directory directory, int seats, Runnable settled) {
        this.group = group;
        this.settled = settled;
        this.seats = new SeatClaims(directory, self, group, seats, settled);
    }

    Group group() {
        return group;
    }

    SeatClaims seats() {
        return seats;
    }

    /** Whether this node has nothing to do with the crowd any more. */
    boolean isUnused() {
        return !isWanted() && departing.isEmpty() && !seats.takesPart() && seats.isIdle();
    }

    /** Whether this node takes part, and so has been told of all others that do. */
    boolean isKnown() {
        return known;
    }

    /** A peer is on its way here from another node. */
    void expect() {
        expected++;
    }

    void admitExpected(LocalPeer peer) {
        expected--;
        admit(peer);
    }

    void admit(LocalPeer peer) {
        here.put(peer.id(), peer);
        peer.crowds().add(group);
    }

    void remove(LocalPeer peer) {
        here.remove(peer.id());
        peer.crowds().remove(group);
    }

    /** Its peers on this node. */
    Collection<LocalPeer> here() {
        return here.values();
    }

    /** What this node says of itself to {@code node}. */
    Count count(NodeId node) {
        List<LocalPeer> packed =
                here.values().stream().filter(LocalPeer::isPacked).toList();
        List<PeerId> unheard = Stream.concat(packed.stream(), departing.values().stream())
                .filter(peer -> peer.hears(node) && !peer.isLeaving())
                .map(LocalPeer::id)
                .toList();
        return new Count(group, here.size() - packed.size(), isWanted() || !unheard.isEmpty(), unheard);
    }

    /** Takes over how many members {@code node} has, as far as they have not been heard of elsewhere. */
    void merge(NodeId node, int members, boolean takesPart) {
        if (takesPart) {
            elsewhere.put(node, members);
        } else {
            elsewhere.remove(node);
        }
        tellWatchers();
    }

    /** All others that take part have been asked. */
    void know() {
        known = seats.takesPart();
        tellWatchers();
    }

    /** The other nodes that take part, with the number of their members. */
    Map<NodeId, Integer> elsewhere() {
        return new TreeMap<>(elsewhere);
    }

    /** The other nodes that take part. */
    Set<NodeId> nodesElsewhere() {
        return new HashSet<>(elsewhere.keySet());
    }

    /** The other nodes that have members. */
    Set<NodeId> nodesWithMembers() {
        Set<NodeId> nodes = new HashSet<>();
        elsewhere.forEach((node, members) -> {
            if (members > 0) {
                nodes.add(node);
            }
        });
        return nodes;
    }

    /** Has the watcher told how many there are as soon as that is known, also where it was told before. */
    void watch(LocalPeer watcher) {
        watchers.put(watcher, NOTHING_TOLD);
        reconsider();
        tellWatchers();
    }

    void unwatch(LocalPeer watcher) {
        watchers.remove(watcher);
        reconsider();
    }

    /** Somebody here sends to it. */
    void use() {
        useTicksLeft = USE_TICKS;
        reconsider();
    }

    void tick() {
        if (useTicksLeft > 0 && --useTicksLeft == 0) {
            reconsider();
        }
    }

    /** Whether this node has a reason to take part. */
    boolean isWanted() {
        return interested || expected > 0 || !here.isEmpty();
    }

    /** This node takes part no more. */
    void forget() {
        known = false;
        elsewhere.clear();
    }

    /** A member is on another node than it was; their own counts will say so too. */
    void move(NodeId from, NodeId to, NodeId self) {
        if (!from.equals(self)) {
            elsewhere.computeIfPresent(from, (node, members) -> Math.max(0, members - 1));
        }
        if (!to.equals(self)) {
            elsewhere.merge(to, 1, Integer::sum);
        }
    }

    /**
     * Delivers what came from {@code node} to every peer here but the sender.
     *
     * @return how many had no room for it
     */
    int deliver(NodeId node, ServerMessage.Relayed message) {
        int full = 0;
        for (LocalPeer peer : hearing(node)) {
            if (!peer.id().equals(message.from()) && !peer.deliver(message)) {
                full++;
            }
        }
        return full;
    }

    /** The peers here for which what {@code node} sends is meant. */
    List<LocalPeer> hearing(NodeId node) {
        return Stream.concat(here.values().stream(), departing.values().stream())
                .filter(peer -> peer.hears(node) && !peer.isLeaving())
                .toList();
    }

    /** The peer is on another node now. */
    void depart(LocalPeer peer) {
        remove(peer);
        departing.put(peer.id(), peer);
    }

    /** Nothing more is sent here for it. */
    void release(LocalPeer peer) {
        departing.remove(peer.id());
        settled.run();
    }

    /** Tells the watchers of a change, if there is one. */
    void tellWatchers() {
        if (!known) {
            return;
        }
        int total = total();
        ServerMessage.Presence presence = new ServerMessage.Presence(group.name(), total);
        watchers.replaceAll((watcher, told) -> {
            if (told != total) {
                watcher.deliver(presence);
            }
            return total;
        });
    }

    private void reconsider() {
        interested = useTicksLeft > 0 || !watchers.isEmpty();
        seats.interest(interested);
    }

    private int total() {
        return here.size()
                + elsewhere.values().stream().mapToInt(Integer::intValue).sum();
    }
}
