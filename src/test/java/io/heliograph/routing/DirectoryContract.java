package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.routing.GroupEntry.Seats;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What a directory promises to all nodes that look into it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
public abstract class DirectoryContract {
    private static final PeerId ALICE = new PeerId("alice");
    private static final NodeId HERE = new NodeId("here", 0);
    private static final NodeId THERE = new NodeId("there", 12);
    private static final Group ROOM = Group.room(new Name("Zimmer 1=2:3 \uD83D\uDE00"));
    private static final Group TOPIC = Group.topic(ROOM.name());

    /** How many nodes look into it. */
    protected abstract int views();

    /** What the directory, as one node sees it, makes of {@code operation}. */
    protected abstract <T> Future<T> call(int view, Function<Directory, Future<T>> operation);

    protected abstract <T> T await(Future<T> future);

    /** Whether the current thread and context are those of the node. */
    protected boolean isHome(int view) {
        return true;
    }

    private <T> T ask(int view, Function<Directory, Future<T>> operation) {
        return await(call(view % views(), operation));
    }

    private boolean replace(int view, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
        return ask(view, directory -> directory.replaceGroup(ROOM, expected, next));
    }

    private boolean record(int view, Optional<SessionRecord> expected, Optional<SessionRecord> next) {
        return ask(view, directory -> directory.replaceSession(ALICE, expected, next));
    }

    /** With all that a record may have. */
    private static Optional<SessionRecord> session(long epoch, NodeId node) {
        SessionState state = new SessionState(
                Optional.of(new Name("\u00e4lice")),
                Optional.of(Payload.of("{\"a\":1}")),
                List.of(
                        new SessionState.Membership(ROOM.name(), 100, 7, Optional.of(Payload.of("1")), 2),
                        new SessionState.Membership(new Name("other"), 2, 1, Optional.empty(), 0)),
                List.of(new Name("news")),
                List.of(new Name("bob"), new Name("cy")),
                List.of(new SessionState.TakenCall(new CallId("c1"), new PeerId("bob"), new Name("bob"), true)),
                List.of(new PeerId("eve"), new PeerId("dora")));
        return Optional.of(new SessionRecord(epoch, node, "key" + epoch, Optional.of("former"), state));
    }

    private static Optional<GroupEntry> entry(long joins, int members) {
        return Optional.of(new GroupEntry(
                100,
                joins,
                new TreeMap<>(Map.of(HERE, new Seats(members, joins), THERE, new Seats(1, Math.max(0, joins - 1))))));
    }

    @AfterEach
    void clear() {
        Optional<SessionRecord> session = ask(0, directory -> directory.findSession(ALICE));
        assertTrue(record(0, session, Optional.empty()));
        Optional<GroupEntry> left = ask(0, directory -> directory.findGroup(ROOM));
        assertTrue(replace(0, left, Optional.empty()));
        assertEquals(new Directory.Contents(Map.of(), Map.of()), ask(0, Directory::contents));
    }

    @Test
    void whatWasNotPutInIsNotFound() {
        assertEquals(Optional.empty(), ask(0, directory -> directory.findSession(ALICE)));
        assertEquals(Optional.empty(), ask(0, directory -> directory.findGroup(ROOM)));
    }

    @Test
    void aSessionIsFoundFromEverywhereAtOnce() {
        for (int view = 0; view < views(); view++) {
            NodeId node = new NodeId("view", view);
            assertTrue(record(view, Optional.empty(), session(1, node)));
            assertEquals(session(1, node), ask(view + 1, directory -> directory.findSession(ALICE)));
            assertTrue(record(view + 1, session(1, node), Optional.empty()));
            assertEquals(Optional.empty(), ask(view, directory -> directory.findSession(ALICE)));
        }
    }

    @Test
    void aSessionIsReplacedOnlyWhereItIsAsExpected() {
        assertTrue(record(0, Optional.empty(), session(1, HERE)));
        assertFalse(record(1, Optional.empty(), session(2, THERE)));
        assertFalse(record(1, session(2, HERE), session(3, THERE)));
        assertTrue(record(1, session(1, HERE), session(2, THERE)));
        assertFalse(record(0, session(1, HERE), Optional.empty()));
        assertEquals(session(2, THERE), ask(0, directory -> directory.findSession(ALICE)));
    }

    @Test
    void ofTwoWhoClaimASessionOneWins() {
        assertTrue(record(0, Optional.empty(), session(1, HERE)));
        List<Future<Boolean>> claims = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            NodeId claimant = new NodeId("claimant", i);
            claims.add(call(
                    i % views(), directory -> directory.replaceSession(ALICE, session(1, HERE), session(2, claimant))));
        }
        await(Future.all(claims));
        assertEquals(1, claims.stream().filter(Future::result).count());
    }

    @Test
    void aRoomIsReplacedOnlyWhereItIsAsExpected() {
        assertTrue(replace(0, Optional.empty(), entry(2, 1)));
        assertFalse(replace(1, Optional.empty(), entry(3, 2)));
        assertFalse(replace(1, entry(2, 2), entry(3, 2)));
        assertEquals(entry(2, 1), ask(1, directory -> directory.findGroup(ROOM)));
        assertTrue(replace(1, entry(2, 1), entry(3, 2)));
        assertFalse(replace(0, entry(2, 1), Optional.empty()));
        assertEquals(entry(3, 2), ask(0, directory -> directory.findGroup(ROOM)));
        assertTrue(replace(0, entry(3, 2), Optional.empty()));
        assertEquals(Optional.empty(), ask(1, directory -> directory.findGroup(ROOM)));
        assertFalse(replace(1, entry(3, 2), entry(4, 3)));
    }

    @Test
    void groupsOfTheSameNameAndOfDifferentKindsAreApart() {
        assertTrue(replace(0, Optional.empty(), entry(2, 1)));
        assertEquals(Optional.empty(), ask(1, directory -> directory.findGroup(TOPIC)));
        boolean opened = ask(1, directory -> directory.replaceGroup(TOPIC, Optional.empty(), entry(5, 0)));
        assertTrue(opened);
        assertEquals(entry(2, 1), ask(0, directory -> directory.findGroup(ROOM)));
        assertEquals(entry(5, 0), ask(0, directory -> directory.findGroup(TOPIC)));
        boolean closed = ask(0, directory -> directory.replaceGroup(TOPIC, entry(5, 0), Optional.empty()));
        assertTrue(closed);
    }

    @Test
    void anEntryThatIsNotThereCanBeExpected() {
        assertTrue(replace(0, Optional.empty(), Optional.empty()));
        assertTrue(replace(0, Optional.empty(), entry(1, 1)));
        assertFalse(replace(1, Optional.empty(), Optional.empty()));
    }

    @Test
    void ofManyWhoCountAtOnceNoneIsLost() {
        int each = 25;
        List<Future<Void>> counters = new ArrayList<>();
        for (int i = 0; i < 4 * views(); i++) {
            counters.add(call(i % views(), directory -> count(directory, each)));
        }
        await(Future.all(counters));
        GroupEntry counted = ask(0, directory -> directory.findGroup(ROOM)).orElseThrow();
        assertEquals((long) each * counters.size(), counted.joins());
    }

    @Test
    void answersComeToTheCallersContext() {
        for (int view = 0; view < views(); view++) {
            int caller = view;
            Boolean afterFind = ask(view, directory -> directory.findGroup(ROOM).map(found -> isHome(caller)));
            Boolean afterPut = ask(
                    view,
                    directory -> directory
                            .replaceSession(ALICE, Optional.empty(), session(1, HERE))
                            .map(put -> isHome(caller)));
            Boolean afterAll = ask(view, directory -> directory.contents().map(all -> isHome(caller)));
            assertTrue(afterFind && afterPut && afterAll);
            List<Future<Boolean>> many = new ArrayList<>();
            await(call(view, directory -> {
                for (int i = 0; i < 100; i++) {
                    many.add(directory.findSession(ALICE).map(found -> isHome(caller)));
                }
                return Future.all(many);
            }));
            many.forEach(home -> assertTrue(home.result()));
        }
    }

    @Test
    void theContentsAreEverything() {
        assertTrue(record(0, Optional.empty(), session(1, HERE)));
        assertTrue(replace(1, Optional.empty(), entry(7, 3)));
        Directory.Contents expected = new Directory.Contents(
                Map.of(ALICE, session(1, HERE).orElseThrow()),
                Map.of(ROOM, entry(7, 3).orElseThrow()));
        for (int view = 0; view < views(); view++) {
            assertEquals(expected, ask(view, Directory::contents));
        }
    }

    @Test
    void theSessionsOfANodeAreFoundFromEverywhere() {
        Optional<SessionRecord> session = session(1, HERE);
        assertTrue(record(0, Optional.empty(), session));
        for (int view = 0; view < views(); view++) {
            assertEquals(Map.of(ALICE, session.orElseThrow()), ask(view, directory -> directory.sessionsOn(HERE)));
            assertEquals(Map.of(), ask(view, directory -> directory.sessionsOn(new NodeId("elsewhere", 0))));
        }
    }

    private static Future<Void> count(Directory directory, int times) {
        if (times == 0) {
            return Future.succeededFuture();
        }
        return directory.findGroup(ROOM).compose(found -> {
            long joins = found.map(GroupEntry::joins).orElse(0L);
            return directory
                    .replaceGroup(ROOM, found, entry(joins + 1, 1))
                    .compose(replaced -> count(directory, replaced ? times - 1 : times));
        });
    }
}
