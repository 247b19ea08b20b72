package io.heliograph.protocol;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The name of a room, a topic or a user, which are separate name spaces. Those of two tenants are never equal, though they read
 * alike.
 *
 * @param value what clients say: 1 to 128 code points, none of them a control character or a lone surrogate
 */
public record Name(Optional<Tenant> tenant, String value) implements Comparable<Name> {
    /** Longest name, in code points. */
    public static final int LENGTH_MAX = 128;

    private static final Comparator<Name> ORDER =
            Comparator.comparing(Name::value).thenComparing(Name::toString);
    /** In no name, and in no tenant. */
    private static final char TENANT_END = '\u001f';

    private static final int FINGERPRINT_BYTES = 4;

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public Name {
        requireReadable(value, LENGTH_MAX);
    }

    /** One that is of no tenant; fails likewise. */
    public Name(String value) {
        this(Optional.empty(), value);
    }

    /** Reads what {@link #toString} has written; never to be given what a client says. */
    public static Name parse(String qualified) {
        int end = qualified.indexOf(TENANT_END);
        return end < 0
                ? new Name(qualified)
                : new Name(Optional.of(new Tenant(qualified.substring(0, end))), qualified.substring(end + 1));
    }

    static void requireReadable(String text, int lengthMax) {
        int length = text.codePointCount(0, text.length());
        if (length < 1 || length > lengthMax) {
            throw new IllegalArgumentException(length + " characters (expected: 1 to " + lengthMax + ")");
        }
        if (text.codePoints().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("a control character (expected: none)");
        }
        if (text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE)) {
            throw new IllegalArgumentException("a lone surrogate (expected: valid Unicode)");
        }
    }

    /** The name that reads like this one, of that tenant or of none. */
    public Name of(Optional<Tenant> other) {
        return other.equals(tenant) ? this : new Name(other, value);
    }

    /**
     * Eight hexadecimal digits, the first of the SHA-256 of the name in UTF-8, for logs and traces: a room's name is an
     * invitation. They tell names apart, show one to whoever knows it, and let nobody in.
     */
    public String fingerprint() {
        return HexFormat.of().formatHex(Sha256.of(toString()), 0, FINGERPRINT_BYTES);
    }

    @Override
    public int compareTo(Name other) {
        return ORDER.compare(this, other);
    }

    /** The name; behind its tenant and a U+001F, where it is of one. Different names are different texts. */
    @Override
    public String toString() {
        return tenant.map(whose -> whose.value() + TENANT_END + value).orElse(value);
    }
}
