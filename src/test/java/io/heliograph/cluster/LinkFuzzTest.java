package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.fuzz.FuzzTarget;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** What comes from another node is a batch, which is read again as it is written, or it is refused. */
public class LinkFuzzTest extends FuzzTarget {
    private static final LinkCodec CODEC = new LinkCodec();

    public static void fuzzerTestOneInput(byte[] body) {
        new LinkFuzzTest().check(body);
    }

    @Override
    protected void check(byte[] body) {
        read(body, LinkFuzzTest::parse).ifPresent(batch -> {
            Buffer written = Buffer.buffer();
            CODEC.encodeToWire(written, batch);
            assertEquals(batch, CODEC.decodeFromWire(0, written));
            batch.frames().forEach(frame -> assertTrue(LinkWeight.of(frame) > 0, frame::toString));
        });
    }

    private static Optional<LinkBatch> parse(byte[] body) {
        try {
            return Optional.of(CODEC.decodeFromWire(
                    0, Buffer.buffer().appendInt(body.length).appendBytes(body)));
        } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
            return Optional.empty();
        }
    }
}
