package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.routing.Directory;
import io.heliograph.routing.GroupEntry;
import io.heliograph.routing.SessionRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.Timeout;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class SweeperTest {
    private static final Group ROOM = Group.room(new Name("left-behind"));
    private static final Optional<GroupEntry> OF_A_DEAD_NODE =
            Optional.of(new GroupEntry(8, 1, new TreeMap<>(Map.of(new NodeId("dead", 0), new GroupEntry.Seats(1, 1)))));

    /** One that does not answer when it is read first. */
    private static final class LateDirectory implements Directory {
        private final Directory directory;
        private final Promise<Optional<GroupEntry>> swept = Promise.promise();
        private int readings;

        LateDirectory(Directory directory) {
            this.directory = directory;
        }

        @Override
        public Future<Contents> contents() {
            return ++readings == 1 ? Future.failedFuture("late") : directory.contents();
        }

        @Override
        public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
            return directory.replaceGroup(group, expected, next).onSuccess(done -> swept.tryComplete(next));
        }

        @Override
        public Future<Optional<SessionRecord>> findSession(PeerId peer) {
            return directory.findSession(peer);
        }

        @Override
        public Future<Boolean> replaceSession(
                PeerId peer, Optional<SessionRecord> expected, Optional<SessionRecord> next) {
            return directory.replaceSession(peer, expected, next);
        }

        @Override
        public Future<Map<PeerId, SessionRecord>> sessionsOn(NodeId node) {
            return directory.sessionsOn(node);
        }

        @Override
        public Future<Optional<GroupEntry>> findGroup(Group group) {
            return directory.findGroup(group);
        }
    }

    @Test
    @Timeout(value = 20, timeUnit = TimeUnit.SECONDS)
    void whatTheDirectoryDidNotAnswerIsAskedSoonAgain(Vertx vertx, VertxTestContext test) {
        var membership =
                new Membership(vertx, new Membership.ServerProcess("alive", 1, "127.0.0.1:5701"), Optional.empty());
        MapDirectory.open(vertx)
                .compose(directory -> directory
                        .replaceGroup(ROOM, Optional.empty(), OF_A_DEAD_NODE)
                        .compose(written -> {
                            test.verify(() -> assertTrue(written));
                            var late = new LateDirectory(directory);
                            new Sweeper(membership, late, 0).open();
                            return late.swept.future();
                        })
                        .compose(swept -> directory.findGroup(ROOM)))
                .onComplete(test.succeeding(found -> {
                    test.verify(() -> assertEquals(Optional.empty(), found));
                    test.completeNow();
                }));
    }
}
