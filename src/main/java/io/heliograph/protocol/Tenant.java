package io.heliograph.protocol;

/**
 * Of several who share a server and know nothing of each other, one: names of rooms, topics and users are its own.
 *
 * @param value 1 to 255 code points, none of them a control character or a lone surrogate
 */
public record Tenant(String value) {
    /** Longest one, in code points. */
    public static final int LENGTH_MAX = 255;

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public Tenant {
        Name.requireReadable(value, LENGTH_MAX);
    }
}
