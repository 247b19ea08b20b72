package io.heliograph.routing;

import io.heliograph.protocol.NodeId;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the directory says of one group. A node writes only its own seats, and always the absolute number, so that repeating,
 * merging and cleaning are harmless. The size does not grow with the members.
 *
 * @param capacity most members
 * @param joins join number of the last join
 * @param seats for each node that takes part: how many members it has; 0 where it only wants to hear of them
 */
public record GroupEntry(int capacity, long joins, SortedMap<NodeId, Seats> seats) {

    /**
     * The part of an entry that belongs to one node.
     *
     * @param members how many members it has
     * @param lastJoin join number of the last of them to join
     */
    public record Seats(int members, long lastJoin) {}

    public GroupEntry {
        seats = Collections.unmodifiableSortedMap(new TreeMap<>(seats));
    }

    /** Members on all nodes but {@code node}. */
    int membersBeside(NodeId node) {
        return seats.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(node))
                .mapToInt(entry -> entry.getValue().members())
                .sum();
    }

    /** Whether any node has a member. */
    boolean hasMembers() {
        return seats.values().stream().anyMatch(own -> own.members() > 0);
    }

    /** This entry with other seats of {@code node}, or empty if nobody is left. */
    Optional<GroupEntry> withSeats(NodeId node, Optional<Seats> own, long newJoins) {
        SortedMap<NodeId, Seats> next = new TreeMap<>(seats);
        own.ifPresentOrElse(held -> next.put(node, held), () -> next.remove(node));
        return next.isEmpty() ? Optional.empty() : Optional.of(new GroupEntry(capacity, newJoins, next));
    }

    /** This entry without the seats of {@code node}, or empty if nobody is left. */
    public Optional<GroupEntry> without(NodeId node) {
        return withSeats(node, Optional.empty(), joins);
    }
}
