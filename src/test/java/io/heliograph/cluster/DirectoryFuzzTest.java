package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.cluster.Membership.ServerProcess;
import io.heliograph.fuzz.FuzzTarget;
import io.heliograph.routing.GroupEntry;
import io.heliograph.routing.SessionRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;

/**
 * What other nodes leave in the cluster's maps and say of themselves is read again as it is written, or it is refused. Maps compare
 * what is written, so that must be one and the same each time.
 */
public class DirectoryFuzzTest extends FuzzTarget {

    public static void fuzzerTestOneInput(byte[] value) {
        new DirectoryFuzzTest().check(value);
    }

    @Override
    protected void check(byte[] value) {
        parse(value, bytes -> SessionRecordBytes.parse(Buffer.buffer(bytes)))
                .ifPresent(DirectoryFuzzTest::checkSession);
        utf8(value).ifPresent(text -> {
            parse(value, bytes -> GroupEntryText.parse(text)).ifPresent(DirectoryFuzzTest::checkGroup);
            json(text)
                    .flatMap(metadata -> parse(value, bytes -> ServerProcess.of(metadata)))
                    .ifPresent(DirectoryFuzzTest::checkProcess);
        });
    }

    private static void checkSession(SessionRecord session) {
        Buffer written = SessionRecordBytes.write(session);
        assertEquals(session, SessionRecordBytes.parse(written));
        assertEquals(written, SessionRecordBytes.write(SessionRecordBytes.parse(written)));
    }

    private static void checkGroup(GroupEntry entry) {
        String written = GroupEntryText.write(entry);
        assertEquals(entry, GroupEntryText.parse(written));
        assertEquals(written, GroupEntryText.write(GroupEntryText.parse(written)));
    }

    private static void checkProcess(ServerProcess process) {
        assertEquals(process, ServerProcess.of(process.toMetadata()));
        assertEquals(process.instances(), process.nodes().size());
    }

    private static <T> Optional<T> parse(byte[] value, Function<byte[], T> parser) {
        return read(value, bytes -> {
            try {
                return Optional.of(parser.apply(bytes));
            } catch (IllegalArgumentException | IndexOutOfBoundsException refused) {
                return Optional.empty();
            }
        });
    }

    private static Optional<JsonObject> json(String text) {
        try {
            return Optional.of(new JsonObject(text));
        } catch (DecodeException none) {
            return Optional.empty();
        }
    }
}
