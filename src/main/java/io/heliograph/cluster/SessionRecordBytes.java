package io.heliograph.cluster;

import io.heliograph.routing.SessionRecord;
import io.vertx.core.buffer.Buffer;

/**
 * A session's record as the shared map keeps it: a version, then the fields in the order of their declaration. The same record has
 * the same bytes, since maps compare them.
 */
final class SessionRecordBytes {
    private static final byte VERSION = 1;

    private SessionRecordBytes() {}

    static Buffer write(SessionRecord session) {
        Buffer bytes = Buffer.buffer();
        new LinkWriter(bytes)
                .octet(VERSION)
                .number(session.epoch())
                .text(session.node().toString())
                .text(session.key())
                .optional(session.formerKey(), key -> new LinkWriter(bytes).text(key))
                .state(session.state());
        return bytes;
    }

    static SessionRecord parse(Buffer bytes) {
        LinkReader in = new LinkReader(bytes, 0);
        int version = in.octet();
        if (version != VERSION) {
            throw new IllegalArgumentException("session record: version " + version + " (expected: " + VERSION + ")");
        }
        return new SessionRecord(in.number(), in.node(), in.text(), in.optional(in::text), in.state());
    }
}
