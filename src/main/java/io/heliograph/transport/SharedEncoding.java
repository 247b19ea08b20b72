package io.heliograph.transport;

import io.heliograph.dialect.Dialect;
import io.heliograph.protocol.ServerMessage;
import org.jspecify.annotations.Nullable;

/** Encodes a broadcast once, however many connections of one node it goes to: they push it one right after the other. */
final class SharedEncoding {
    private final Dialect dialect;

    // Owned by the node's context.
    private @Nullable ServerMessage last;
    private byte[] lastFrame = new byte[0];

    SharedEncoding(Dialect dialect) {
        this.dialect = dialect;
    }

    Dialect dialect() {
        return dialect;
    }

    /** The frame of {@code message}, not to be changed. */
    @SuppressWarnings("ReferenceEquality") // The same broadcast is the same object; comparing contents would cost more.
    byte[] encode(ServerMessage message) {
        if (message != last) {
            lastFrame = dialect.encode(message);
            last = message;
        }
        return lastFrame;
    }
}
