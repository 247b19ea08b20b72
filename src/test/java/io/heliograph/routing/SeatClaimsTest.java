package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Refusal;
import io.heliograph.routing.SeatClaims.Seat;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SeatClaimsTest {
    private static final NodeId SELF = new NodeId("self", 0);
    private static final Group ROOM = Group.room(new Name("room"));

    private final SlowDirectory directory = new SlowDirectory();
    private final SeatClaims claims = new SeatClaims(directory, SELF, ROOM, 250, () -> {});

    private Future<Seat> take() {
        Promise<Seat> taken = Promise.promise();
        claims.take(100, taken);
        return taken.future();
    }

    private void assertOwn() {
        Promise<Set<NodeId>> asserted = Promise.promise();
        claims.assertOwn(asserted);
        directory.answerAll();
        assertTrue(asserted.future().succeeded());
    }

    private Map<Group, GroupEntry> groups() {
        Future<Directory.Contents> contents = directory.contents();
        directory.answerAll();
        return contents.result().groups();
    }

    @Test
    void thoseWhoWaitGoTogether() {
        List<Future<Seat>> taken = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            taken.add(take());
        }
        directory.answerAll();
        assertEquals(2, directory.changes());
        for (int i = 0; i < 100; i++) {
            assertEquals(i + 1, taken.get(i).result().order());
        }
        for (Future<Seat> refused : taken.subList(100, 150)) {
            assertEquals(
                    ErrorCode.ROOM_FULL,
                    assertThrows(Refusal.class, () -> unwrap(refused)).code());
        }
    }

    @Test
    void aChangeThatWasMadeAlthoughItFailedIsNotMadeTwice() {
        directory.failNext(1, SlowDirectory.Failing.AFTER_EFFECT);
        Future<Seat> taken = take();
        directory.answerAll();
        assertEquals(1, taken.result().order());
        GroupEntry expected = new GroupEntry(100, 1, new TreeMap<>(Map.of(SELF, new GroupEntry.Seats(1, 1))));
        assertEquals(Map.of(ROOM, expected), groups());
        assertEquals(1, directory.changes());
    }

    @Test
    void aSeatThatWasGivenUpAndTakenTooLateIsGivenBack() {
        directory.failNext(2, SlowDirectory.Failing.BEFORE_EFFECT);
        Future<Seat> taken = take();
        directory.answerAll();
        assertEquals(
                ErrorCode.UNAVAILABLE,
                assertThrows(Refusal.class, () -> unwrap(taken)).code());
        assertTrue(claims.isDoubtful());
        assertOwn();
        directory.makeLateChanges();
        assertEquals(Set.of(ROOM), groups().keySet());
        for (int i = 0; i < 10 && claims.isDoubtful(); i++) {
            assertOwn();
        }
        assertFalse(claims.isDoubtful());
        assertTrue(claims.isIdle());
        assertEquals(Map.of(), groups());
    }

    @Test
    void aSeatThatWasFreedIsNotTakenByAnEarlierChange() {
        directory.failNext(1, SlowDirectory.Failing.BEFORE_EFFECT);
        Future<Seat> taken = take();
        directory.answerAll();
        assertTrue(taken.succeeded());
        Promise<Set<NodeId>> freed = Promise.promise();
        claims.free(freed);
        directory.answerAll();
        assertTrue(freed.future().succeeded());
        assertTrue(claims.isDoubtful());
        // The first attempt expected no entry, and there is none again.
        directory.makeLateChanges();
        assertEquals(Set.of(ROOM), groups().keySet());
        assertOwn();
        assertEquals(Map.of(), groups());
    }

    private static Seat unwrap(Future<Seat> future) {
        if (future.cause() instanceof Refusal refusal) {
            throw refusal;
        }
        return future.result();
    }
}
