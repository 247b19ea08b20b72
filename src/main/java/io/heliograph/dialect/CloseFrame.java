package io.heliograph.dialect;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.heliograph.protocol.CloseReason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;

/** The last frame, either way, where the channel has no close codes of its own: {@code {"type":"close","code":4002}}. */
public final class CloseFrame {
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final byte[] HINT = "\"close\"".getBytes(StandardCharsets.US_ASCII);

    private CloseFrame() {}

    /** The frame that says why the server closes. */
    public static byte[] write(CloseReason reason) {
        return ("{\"type\":\"close\",\"code\":" + reason.code() + "}").getBytes(StandardCharsets.US_ASCII);
    }

    /** The code of a close frame, 1000 where it gives none; empty for any other frame. */
    public static OptionalInt read(byte[] frame) {
        return mayBeOne(frame) ? parse(frame) : OptionalInt.empty();
    }

    private static OptionalInt parse(byte[] frame) {
        boolean closes = false;
        int code = CloseReason.NORMAL.code();
        try (JsonParser parser = JSON.createParser(frame)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return OptionalInt.empty();
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                JsonToken value = parser.nextToken();
                if (name.equals("type")) {
                    closes = value == JsonToken.VALUE_STRING && parser.getText().equals("close");
                } else if (name.equals("code")) {
                    code = value == JsonToken.VALUE_NUMBER_INT ? parser.getIntValue() : CloseReason.LOST.code();
                }
                parser.skipChildren();
            }
            boolean whole = parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null;
            return closes && whole ? OptionalInt.of(code) : OptionalInt.empty();
        } catch (IOException notOne) {
            return OptionalInt.empty();
        }
    }

    /** Most frames are none, and are not worth a parser. */
    private static boolean mayBeOne(byte[] frame) {
        for (int start = 0; start <= frame.length - HINT.length; start++) {
            int matched = 0;
            while (matched < HINT.length && frame[start + matched] == HINT[matched]) {
                matched++;
            }
            if (matched == HINT.length) {
                return true;
            }
        }
        return false;
    }
}
