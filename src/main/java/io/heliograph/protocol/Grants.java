package io.heliograph.protocol;

import java.util.List;
import java.util.OptionalInt;

/**
 * What a client may do, beside what everybody may who is let in.
 *
 * @param rooms those it may join
 * @param publish whether it may send to topics
 * @param call whether it may make calls; it may take them anyhow
 * @param watch whether it may watch users
 * @param capacity the most that it may set, at least 1; empty where it is bound by the configuration only
 */
public record Grants(List<RoomPattern> rooms, boolean publish, boolean call, boolean watch, OptionalInt capacity) {
    /** Most patterns in {@code rooms}. */
    public static final int ROOMS_MAX = 256;

    /** Everything. */
    public static final Grants ALL = new Grants(List.of(RoomPattern.ANY), true, true, true, OptionalInt.empty());

    /** Fails with an {@link IllegalArgumentException} that says what is out of bounds. */
    public Grants {
        if (rooms.size() > ROOMS_MAX) {
            throw new IllegalArgumentException("rooms: " + rooms.size() + " (expected: <= " + ROOMS_MAX + ")");
        }
        if (capacity.isPresent() && capacity.getAsInt() < 1) {
            throw new IllegalArgumentException("capacity: " + capacity.getAsInt() + " (expected: >= 1)");
        }
        rooms = List.copyOf(rooms);
    }

    /** Whether it may join this room. */
    public boolean admitTo(Name room) {
        return rooms.stream().anyMatch(pattern -> pattern.matches(room));
    }
}
