package io.heliograph.protocol;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Names one call.
 *
 * @param value 1 to 32 printable characters; an id made by {@link #random()} is URL-safe and unguessable
 */
public record CallId(String value) {
    private static final int LENGTH_MAX = 32;
    private static final int RANDOM_BYTES = 15;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public CallId {
        if (value.isEmpty() || value.length() > LENGTH_MAX || !value.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    value.length() + " characters (expected: 1 to " + LENGTH_MAX + " printable ASCII)");
        }
    }

    /** A new id with 120 random bits. */
    public static CallId random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return new CallId("c" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    @Override
    public String toString() {
        return value;
    }
}
