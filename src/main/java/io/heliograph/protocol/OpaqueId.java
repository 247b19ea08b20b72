package io.heliograph.protocol;

import java.security.SecureRandom;
import java.util.Base64;

/** What ids that clients get to see have in common: they say nothing, and cannot be guessed. */
final class OpaqueId {
    private static final int LENGTH_MAX = 32;
    private static final int RANDOM_BYTES = 15;
    private static final SecureRandom RANDOM = new SecureRandom();

    private OpaqueId() {}

    /** 120 random bits as URL-safe text, behind {@code prefix}. */
    static String random(String prefix) {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Fails with an {@link IllegalArgumentException} where {@code value} is not 1 to 32 characters of printable ASCII. */
    static void check(String value) {
        if (value.isEmpty() || value.length() > LENGTH_MAX || !value.chars().allMatch(OpaqueId::isPrintable)) {
            throw new IllegalArgumentException(
                    value.length() + " characters (expected: 1 to " + LENGTH_MAX + " printable ASCII)");
        }
    }

    private static boolean isPrintable(int c) {
        return c >= ' ' && c < 0x7f;
    }
}
