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

    private static final int WINDOW_SECONDS = 3;

    /** Tells what is swept. */
    private static class SweptDirectory implements Directory {
        final Promise<Optional<GroupEntry>> swept = Promise.promise();
        private final Directory directory;

        SweptDirectory(Directory directory) {
            this.directory = directory;
        }

        @Override
        public Future<Contents> contents() {
            return directory.contents();
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

    /** One that does not answer when it is read first. */
    private static final class LateDirectory extends SweptDirectory {
        private int readings;

        LateDirectory(Directory directory) {
            super(directory);
        }

        @Override
        public Future<Contents> contents() {
            return ++readings == 1 ? Future.failedFuture("late") : super.contents();
        }
    }

    /** Does not answer when told so, until told otherwise. */
    private static final class SilentDirectory extends SweptDirectory {
        private volatile Future<Void> spoken = Future.succeededFuture();
        private volatile boolean asked;

        SilentDirectory(Directory directory) {
            super(directory);
        }

        @Override
        public Future<Contents> contents() {
            asked = true;
            return spoken.compose(again -> super.contents());
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

    /** Nobody looks while it is there: the directory does not answer, or another process is the oldest. */
    @Test
    void aProcessThatGoesAgainHasAWholeWindowAgain() {
        Processes processes = Processes.clustered(2, 1);
        try {
            Processes.OneProcess oldest = processes.running().get(0);
            Processes.OneProcess other = processes.running().get(1);
            NodeId node = new NodeId(other.self().id(), 0);
            Optional<GroupEntry> entry =
                    Optional.of(new GroupEntry(8, 1, new TreeMap<>(Map.of(node, new GroupEntry.Seats(1, 1)))));
            processes.until(
                    "the other one", () -> oldest.membership().processes().size() == 2);
            MapDirectory directory = Processes.await(MapDirectory.open(oldest.vertx()));
            Processes.await(directory.replaceGroup(ROOM, Optional.empty(), entry));
            SilentDirectory silent = new SilentDirectory(directory);
            new Sweeper(oldest.membership(), silent, WINDOW_SECONDS).open();

            processes.until("the look before", () -> silent.asked);
            silent.asked = false;
            processes.kill();
            processes.until("the look after its end", () -> silent.asked);
            Promise<Void> speak = Promise.promise();
            silent.spoken = speak.future();
            processes.joinAgain(other.self());
            processes.until("its return", () -> oldest.membership().processes().size() == 2);
            Processes.await(oldest.vertx().timer(WINDOW_SECONDS, TimeUnit.SECONDS));
            processes.kill();
            processes.until(
                    "its second end", () -> oldest.membership().processes().size() == 1);
            long gone = System.nanoTime();
            speak.complete();
            assertEquals(Optional.empty(), Processes.await(silent.swept.future()));
            long swept = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - gone);
            assertTrue(swept > WINDOW_SECONDS * 900, "swept " + swept + " ms after it had gone");
        } finally {
            processes.close();
        }
    }

    /** Both have forgotten that process. */
    @Test
    void whatAProcessBringsAlongIsSweptAsWell() {
        Processes processes = Processes.clustered(2, 1);
        try {
            Processes.OneProcess oldest = processes.running().get(0);
            Processes.OneProcess other = processes.running().get(1);
            MapDirectory directory = Processes.await(MapDirectory.open(oldest.vertx()));
            SilentDirectory watched = new SilentDirectory(directory);
            processes.until(
                    "the other one", () -> oldest.membership().processes().size() == 2);
            new Sweeper(oldest.membership(), watched, 0).open();
            processes.until("the first look", () -> watched.asked);
            watched.asked = false;
            processes.kill();
            processes.until("the look after its end", () -> watched.asked);
            Processes.await(directory.replaceGroup(ROOM, Optional.empty(), OF_A_DEAD_NODE));
            processes.joinAgain(other.self());
            processes.until("its return", () -> oldest.membership().processes().size() == 2);
            long came = System.nanoTime();
            assertEquals(Optional.empty(), Processes.await(watched.swept.future()));
            long swept = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - came);
            assertTrue(swept < 10, "swept " + swept + " s after it had come");
        } finally {
            processes.close();
        }
    }
}
