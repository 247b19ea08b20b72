package io.heliograph.dialect;

import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.ServerMessage;

/** One wire format. Implementations hold no state of a connection and may be shared between all of them. */
public interface Dialect {

    DialectName name();

    /**
     * Reads one frame.
     *
     * @param frame the text message as it came, at most {@code limits.frame} bytes of valid UTF-8
     * @return the message, or the answer to a frame that is none; never throws for anything a client can send
     */
    Decoded decode(byte[] frame);

    /** Writes one message as the UTF-8 bytes of a text frame. */
    byte[] encode(ServerMessage message);
}
