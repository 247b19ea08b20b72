package io.heliograph.protocol;

import java.util.List;

/**
 * A room as one of its members finds it.
 *
 * @param order that member's join number
 * @param peers everybody else in it, in the order in which they joined
 */
public record Roster(Name room, int capacity, long order, List<Member> peers) {
    public Roster {
        peers = List.copyOf(peers);
    }
}
