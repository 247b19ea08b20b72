package io.heliograph.routing;

import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The peers of nodes that are gone: they may come back on another node within the window. Whether one has not is decided by its
 * record, never by this node's clock alone.
 */
final class Orphans {
    /** Looked at in one second. */
    private static final int LOOKS_MAX = 200;

    // Set once.
    private final Census census;
    private final Directory directory;
    private final CallDesk desk;
    private final Repair repair;
    private final NodeLink link;
    private final int windowTicks;

    // Owned by the node's context.
    private final Map<NodeId, Integer> ticksLeft = new HashMap<>();
    private final Set<PeerId> looking = new HashSet<>();

    Orphans(Census census, Directory directory, CallDesk desk, Repair repair, NodeLink link, int windowTicks) {
        this.census = census;
        this.directory = directory;
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
        ticksLeft.remove(node);
    }

    /** The nodes that are gone, with the seconds that are left to their peers. */
    Map<NodeId, Integer> nodes() {
        return Map.copyOf(ticksLeft);
    }

    void tick() {
        for (NodeId node : List.copyOf(ticksLeft.keySet())) {
            int left = ticksLeft.merge(node, -1, Integer::sum);
            if (left == 0) {
                abandon(node);
            }
            if (left <= 0 && !look(node)) {
                ticksLeft.remove(node);
            }
        }
    }

    /** What is not decided for each peer by its record. */
    private void abandon(NodeId node) {
        census.crowds().forEach(crowd -> crowd.merge(node, new Count(crowd.group(), 0, false)));
        desk.abandon(node);
    }

    /** Answers whether there is anybody to look at. */
    private boolean look(NodeId node) {
        Set<PeerId> orphans = new LinkedHashSet<>();
        census.rooms()
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
        if (ticksLeft.containsKey(node)) {
            return;
        }
        for (Room room : census.rooms()) {
            if (room.nodeOf(peer) != null) {
                if (link.others().contains(node)) {
                    repair.ask(room, node);
                }
                boolean member = record.state().rooms().stream()
                        .anyMatch(membership -> membership.room().equals(room.name()));
                if (!member) {
                    room.drop(peer, record.epoch());
                }
            }
        }
    }
}
