package io.heliograph.protocol;

import java.util.Optional;

/**
 * The rooms of which a grant speaks: one by its name, or all whose names begin alike, where the text ends in {@code *}. A
 * {@code *} elsewhere stands for itself.
 *
 * @param beginning the name, or what the names begin with; empty where every name is meant
 */
public record RoomPattern(Optional<Name> beginning, boolean isPrefix) {
    /** Every room. */
    public static final RoomPattern ANY = new RoomPattern(Optional.empty(), true);

    private static final String WILDCARD = "*";

    public RoomPattern {
        if (beginning.isEmpty() && !isPrefix) {
            throw new IllegalArgumentException("no name (expected: one)");
        }
    }

    /** Reads {@code standup}, {@code team-*} or {@code *}; fails as {@link Name} does. */
    public static RoomPattern parse(String text) {
        if (text.equals(WILDCARD)) {
            return ANY;
        }
        boolean prefix = text.endsWith(WILDCARD);
        Name beginning = new Name(prefix ? text.substring(0, text.length() - WILDCARD.length()) : text);
        return new RoomPattern(Optional.of(beginning), prefix);
    }

    /** Whether this room is meant. */
    public boolean matches(Name room) {
        String start = beginning.map(Name::value).orElse("");
        return isPrefix ? room.value().startsWith(start) : room.value().equals(start);
    }

    /** As it was read. */
    @Override
    public String toString() {
        return beginning.map(Name::value).orElse("") + (isPrefix ? WILDCARD : "");
    }
}
