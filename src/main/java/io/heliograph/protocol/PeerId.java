package io.heliograph.protocol;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Names one peer, that is one client session.
 *
 * @param value 1 to 32 printable characters; an id made by {@link #random()} is URL-safe and unguessable
 */
public record PeerId(String value) implements Comparable<PeerId> {
    private static final int LENGTH_MAX = 32;
    private static final int RANDOM_BYTES = 15;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public PeerId {
        if (value.isEmpty() || value.length() > LENGTH_MAX || !value.chars().allMatch(PeerId::isPrintable)) {
            throw new IllegalArgumentException(
                    value.length() + " characters (expected: 1 to " + LENGTH_MAX + " printable ASCII)");
        }
    }

    /** A new id with 120 random bits. */
    public static PeerId random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return new PeerId("p" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    @Override
    public int compareTo(PeerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    private static boolean isPrintable(int c) {
        return c >= ' ' && c < 0x7f;
    }
}
