package io.heliograph.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.heliograph.protocol.CloseReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a client sends with SockJS's {@code xhr_send}: a JSON array of strings, each of which is one text message. */
public sealed interface SockJsBody {
    /** Most messages in one body. */
    int MESSAGES_MAX = 1_000;

    /** Bytes that JSON may make of one byte of a message, as an escape. */
    int ESCAPE_BYTES_MAX = 6;

    /** What every body may take, however short the messages must be: clients send together what waits. */
    int BYTES_MIN = 1 << 18;

    /** In their order, each as valid UTF-8 and within the limit. */
    record Messages(List<byte[]> frames) implements SockJsBody {}

    /** Not an array of strings. */
    record Broken() implements SockJsBody {}

    /** Its sender is to be closed. */
    record Violation(CloseReason reason) implements SockJsBody {}

    /** The bytes of the longest body: one message of {@code frameBytes} fits, whatever is escaped in it. */
    static int bytesMax(int frameBytes) {
        return Math.max(BYTES_MIN, ESCAPE_BYTES_MAX * frameBytes + "[\"\"]".length());
    }

    /**
     * Reads a body.
     *
     * @param frameBytesMax longest message, in bytes of UTF-8
     */
    static SockJsBody read(byte[] body, int frameBytesMax) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            return read(text, frameBytesMax);
        } catch (CharacterCodingException noText) {
            return new Violation(CloseReason.INVALID_UTF8);
        } catch (JsonParseException | StreamConstraintsException notJson) {
            return new Broken();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static SockJsBody read(String text, int frameBytesMax) throws IOException {
        List<byte[]> frames = new ArrayList<>();
        try (JsonParser parser = Json.FACTORY.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return new Broken();
            }
            while (parser.nextToken() == JsonToken.VALUE_STRING) {
                // A lone surrogate, which JSON can escape, has no UTF-8.
                ByteBuffer frame = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(parser.getText()));
                if (frame.remaining() > frameBytesMax || frames.size() == MESSAGES_MAX) {
                    return new Violation(CloseReason.TOO_LARGE);
                }
                byte[] bytes = new byte[frame.remaining()];
                frame.get(bytes);
                frames.add(bytes);
            }
            boolean whole = parser.currentToken() == JsonToken.END_ARRAY && parser.nextToken() == null;
            return whole ? new Messages(frames) : new Broken();
        }
    }

    /** How the array is read: the depth of a list of strings, and nothing interned. */
    final class Json {
        private static final JsonFactory FACTORY = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(1)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();

        private Json() {}
    }
}
