package io.heliograph.protocol;

/**
 * The name of a room or a user: 1 to 128 code points, none of them a control character or a lone surrogate. Rooms and users
 * are separate name spaces.
 */
public record Name(String value) implements Comparable<Name> {
    /** Longest name, in code points. */
    public static final int LENGTH_MAX = 128;

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public Name {
        int length = value.codePointCount(0, value.length());
        if (length < 1 || length > LENGTH_MAX) {
            throw new IllegalArgumentException(length + " characters (expected: 1 to " + LENGTH_MAX + ")");
        }
        if (value.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a control character (expected: none)");
        }
        if (value.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            throw new IllegalArgumentException("a lone surrogate (expected: valid Unicode)");
        }
    }

    @Override
    public int compareTo(Name other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
