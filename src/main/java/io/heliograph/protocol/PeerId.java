package io.heliograph.protocol;

/**
 * Names one peer, that is one client session.
 *
 * @param value 1 to 32 printable characters; an id made by {@link #random()} is URL-safe and unguessable
 */
public record PeerId(String value) implements Comparable<PeerId> {

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public PeerId {
        OpaqueId.check(value);
    }

    /** A new id with 120 random bits. */
    public static PeerId random() {
        return new PeerId(OpaqueId.random("p"));
    }

    @Override
    public int compareTo(PeerId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
