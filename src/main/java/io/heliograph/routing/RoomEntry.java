package io.heliograph.routing;

import io.heliograph.protocol.NodeId;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the directory says of one room. A node writes only its own seats, and always the absolute number, so that repeating,
 * merging and cleaning are harmless. The size does not grow with the members.
 *
 * @param capacity most members
 * @param joins join number of the last join
 * @param seats for each node with members: how many
 */
public record RoomEntry(int capacity, long joins, SortedMap<NodeId, Seats> seats) {

    /**
     * The part of an entry that belongs to one node.
     *
     * @param members how many members it has
     * @param lastJoin join number of the last of them to join
     */
    public record Seats(int members, long lastJoin) {}

    public RoomEntry {
        seats = Collections.unmodifiableSortedMap(new TreeMap<>(seats));
    }

    /** Members on all nodes but {@code node}. */
    int membersBeside(NodeId node) {
        return seats.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(node))
                .mapToInt(entry -> entry.getValue().members())
                .sum();
    }

    /** This entry with other seats of {@code node}, or empty if nobody is left. */
    Optional<RoomEntry> withSeats(NodeId node, Seats own, long newJoins) {
        SortedMap<NodeId, Seats> next = new TreeMap<>(seats);
        if (own.members() == 0) {
            next.remove(node);
        } else {
            next.put(node, own);
        }
        return next.isEmpty() ? Optional.empty() : Optional.of(new RoomEntry(capacity, newJoins, next));
    }

    /** This entry without the seats of {@code node}, or empty if nobody is left. */
    public Optional<RoomEntry> without(NodeId node) {
        return withSeats(node, new Seats(0, 0), joins);
    }
}
