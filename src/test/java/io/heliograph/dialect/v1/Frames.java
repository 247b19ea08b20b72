package io.heliograph.dialect.v1;

import static org.junit.jupiter.api.Assertions.fail;

import io.heliograph.dialect.Decoded;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.ServerMessage;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Shorthand for frames as text. In a quoted frame {@code '} stands for a double quote. */
final class Frames {
    private static final Codec CODEC = Codec.withoutTokens();
    private static final Codec WITH_TOKENS = Codec.withTokens();

    private Frames() {}

    static String quoted(String frame) {
        return frame.replace('\'', '"');
    }

    static Decoded decode(String frame) {
        return decode(frame.getBytes(StandardCharsets.UTF_8));
    }

    static Decoded decode(byte[] frame) {
        return CODEC.decode(frame);
    }

    /** What it is to a server that asks for tokens. */
    static Decoded decodeWithTokens(String frame) {
        return WITH_TOKENS.decode(frame.getBytes(StandardCharsets.UTF_8));
    }

    /** The message that a frame must mean to a server that asks for tokens, which understands more than others. */
    static ClientMessage understood(String frame) {
        Decoded decoded = decodeWithTokens(frame);
        if (decoded instanceof Decoded.Understood understood) {
            return understood.message();
        }
        return fail("not understood: " + frame + ": " + decoded);
    }

    /** The answer that a bad frame must get. */
    static ServerMessage.Refused refused(String frame) {
        return refused(frame.getBytes(StandardCharsets.UTF_8));
    }

    static ServerMessage.Refused refused(byte[] frame) {
        Decoded decoded = decode(frame);
        if (decoded instanceof Decoded.Malformed malformed) {
            return malformed.answer();
        }
        return fail("understood: " + new String(frame, StandardCharsets.UTF_8) + ": " + decoded);
    }

    static String encode(ServerMessage message) {
        return new String(CODEC.encode(message), StandardCharsets.UTF_8);
    }

    static Optional<String> id(String id) {
        return Optional.of(id);
    }
}
