package io.heliograph.protocol;

import java.util.HexFormat;

/**
 * The name of a room or a user: 1 to 128 code points, none of them a control character or a lone surrogate. Rooms and users
 * are separate name spaces.
 */
public record Name(String value) implements Comparable<Name> {
    /** Longest name, in code points. */
    public static final int LENGTH_MAX = 128;

    private static final int FINGERPRINT_BYTES = 4;

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

    /**
     * Eight hexadecimal digits, the first of the SHA-256 of the name in UTF-8, for logs and traces: a room's name is an
     * invitation. They tell names apart, show one to whoever knows it, and let nobody in.
     */
    public String fingerprint() {
        return HexFormat.of().formatHex(Sha256.of(value), 0, FINGERPRINT_BYTES);
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
