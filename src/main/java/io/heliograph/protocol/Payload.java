package io.heliograph.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Application data: one JSON value as the UTF-8 bytes in which it came. The server never looks inside and passes it on byte
 * for byte.
 */
public final class Payload {
    private final byte[] json;

    private Payload(byte[] json) {
        this.json = json;
    }

    /** The {@code length} bytes of {@code source} from {@code offset}, copied. */
    public static Payload copyOf(byte[] source, int offset, int length) {
        return new Payload(Arrays.copyOfRange(source, offset, offset + length));
    }

    /** The given JSON text. */
    public static Payload of(String json) {
        return new Payload(json.getBytes(StandardCharsets.UTF_8));
    }

    /** Size in bytes. */
    public int length() {
        return json.length;
    }

    /** A copy of the bytes. */
    public byte[] toBytes() {
        return json.clone();
    }

    /** Copies all {@link #length()} bytes into {@code target}, from {@code offset}. */
    public void copyInto(byte[] target, int offset) {
        System.arraycopy(json, 0, target, offset, json.length);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Payload payload && Arrays.equals(json, payload.json);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(json);
    }

    /** The size and nothing else: what users say to each other stays out of logs. */
    @Override
    public String toString() {
        return "payload of " + json.length + " bytes";
    }
}
