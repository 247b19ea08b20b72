package io.heliograph.cluster;

import io.heliograph.routing.SessionRecord;
import io.vertx.core.buffer.Buffer;

/**
 * A session's record as the shared map keeps it: a version, then the fields in the order of their declaration. The same record has
 * the same bytes, since maps compare them. Records without acquaintances are of version 1, which earlier servers read.
 */
final class SessionRecordBytes {
    private static final byte VERSION = 1;
    private static final byte WITH_ACQUAINTANCES = 2;

    private SessionRecordBytes() {}

    static Buffer write(SessionRecord session) {
        Buffer bytes = Buffer.buffer();
        boolean alone = session.state().acquaintances().isEmpty();
        LinkWriter out = new LinkWriter(bytes)
                .octet(alone ? VERSION : WITH_ACQUAINTANCES)
                .number(session.epoch())
                .text(session.node().toString())
                .text(session.key())
                .optional(session.formerKey(), key -> new LinkWriter(bytes).text(key))
                .state(session.state());
        if (!alone) {
            out.acquaintances(session.state());
        }
        return bytes;
    }

    static SessionRecord parse(Buffer bytes) {
        LinkReader in = new LinkReader(bytes, 0);
        int version = in.octet();
        if (version != VERSION && version != WITH_ACQUAINTANCES) {
            throw new IllegalArgumentException("session record: version " + version + " (expected: " + VERSION + " or "
                    + WITH_ACQUAINTANCES + ")");
        }
        SessionRecord record = new SessionRecord(in.number(), in.node(), in.text(), in.optional(in::text), in.state());
        return version == VERSION ? record : record.with(in.acquaintances(record.state()));
    }
}
