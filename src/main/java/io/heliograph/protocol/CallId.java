package io.heliograph.protocol;

/**
 * Names one call.
 *
 * @param value 1 to 32 printable characters; an id made by {@link #random()} is URL-safe and unguessable
 */
public record CallId(String value) {

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public CallId {
        OpaqueId.check(value);
    }

    /** A new id with 120 random bits. */
    public static CallId random() {
        return new CallId(OpaqueId.random("c"));
    }

    @Override
    public String toString() {
        return value;
    }
}
