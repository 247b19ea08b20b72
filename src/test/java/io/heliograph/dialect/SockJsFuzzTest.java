package io.heliograph.dialect;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.fuzz.FuzzTarget;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/** The body of an {@code xhr_send} is messages within the limits, or none; and a message is a close frame, or none. */
public class SockJsFuzzTest extends FuzzTarget {
    private static final int FRAME_BYTES_MAX = 128;

    public static void fuzzerTestOneInput(byte[] body) {
        new SockJsFuzzTest().check(body);
    }

    @Override
    protected void check(byte[] body) {
        if (read(body, SockJsFuzzTest::parse) instanceof SockJsBody.Messages messages) {
            checkMessages(messages.frames());
        }
        checkClose(body);
    }

    private static void checkMessages(List<byte[]> frames) {
        assertTrue(frames.size() <= SockJsBody.MESSAGES_MAX);
        JsonArray body = new JsonArray();
        for (byte[] frame : frames) {
            assertTrue(frame.length <= FRAME_BYTES_MAX);
            body.add(utf8(frame).orElseThrow());
            checkClose(frame);
        }
        byte[] written = body.encode().getBytes(StandardCharsets.UTF_8);
        List<byte[]> again =
                assertInstanceOf(SockJsBody.Messages.class, parse(written)).frames();
        assertEquals(frames.size(), again.size());
        for (int i = 0; i < frames.size(); i++) {
            assertArrayEquals(frames.get(i), again.get(i));
        }
    }

    private static void checkClose(byte[] frame) {
        OptionalInt code = read(frame, CloseFrame::read);
        if (code.isPresent() && utf8(frame).isPresent()) {
            assertEquals("close", new JsonObject(Buffer.buffer(frame)).getValue("type"));
        }
    }

    private static SockJsBody parse(byte[] body) {
        return SockJsBody.read(body, FRAME_BYTES_MAX);
    }
}
