package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What waits for a slow reader: how much, how long, in which order, and what becomes of it. */
class OutboxTest {
    private static final int BYTES_MAX = 1_000_000;
    private static final int GIVEN_BYTES_MAX = 64 << 10;
    private static final long SECOND = 1_000_000_000L;
    private static final long AGE_MAX = 30 * SECOND;

    /** Far from zero, as the real clock may be, and close to its overflow. */
    private static final long START = Math.subtractExact(Long.MAX_VALUE, SECOND);

    /** Takes whatever it is given, and sends when told. */
    private static final class FakeChannel {
        private final List<byte[]> given = new ArrayList<>();
        private final Deque<Promise<Void>> unsent = new ArrayDeque<>();
        private boolean sendsAtOnce;

        Future<Void> write(byte[] frame) {
            given.add(frame);
            if (sendsAtOnce) {
                return Future.succeededFuture();
            }
            Promise<Void> sent = Promise.promise();
            unsent.add(sent);
            return sent.future();
        }

        void send() {
            unsent.remove().complete();
        }

        void sendAll() {
            while (!unsent.isEmpty()) {
                send();
            }
        }

        void breakOff() {
            while (!unsent.isEmpty()) {
                unsent.remove().fail("closed");
            }
        }

        int givenBytes() {
            return given.stream().mapToInt(frame -> frame.length).sum();
        }
    }

    private final FakeChannel channel = new FakeChannel();
    private final AtomicInteger told = new AtomicInteger();
    private final Outbox outbox = new Outbox(channel::write, BYTES_MAX, told::addAndGet);

    @Test
    void aChannelThatSendsGetsEachFrameAtOnceAndNothingWaits() {
        channel.sendsAtOnce = true;
        for (int i = 0; i < 100_000; i++) {
            assertTrue(outbox.push(new byte[100], START), "frame " + i);
        }
        assertEquals(100_000, channel.given.size());
        assertTrue(outbox.isEmpty());
    }

    @Test
    void aStalledChannelIsGivenALittleAndTheRestWhenThatHasLeft() {
        List<byte[]> frames = push(500, 1_000);
        assertTrue(channel.givenBytes() <= GIVEN_BYTES_MAX + 1_000, channel.givenBytes() + " bytes");
        int before = channel.given.size();
        channel.send();
        assertEquals(before + 1, channel.given.size());
        channel.sendAll();
        assertEquals(frames, channel.given);
        assertTrue(outbox.isEmpty());
    }

    @Test
    void aChannelThatWakesUpGetsAnyNumberOfFramesInOneGo() {
        push(5_000, 100);
        channel.sendsAtOnce = true;
        channel.sendAll();
        assertEquals(5_000, channel.given.size());
        assertTrue(outbox.isEmpty());
    }

    @Test
    void aFrameLongerThanAllThatIsGivenAtATimeGoesToo() {
        push(2, 3 * GIVEN_BYTES_MAX);
        assertEquals(1, channel.given.size());
        channel.send();
        assertEquals(2, channel.given.size());
    }

    @Test
    void whatWaitsIsToldAndWhatHasLeftOrNeverWillIsTakenBack() {
        push(500, 1_000);
        assertEquals(500 * 1_064, told.get());
        channel.send();
        assertEquals(499 * 1_064, told.get());
        outbox.drop();
        channel.breakOff();
        assertEquals(0, told.get());
    }

    @Test
    void noFrameIsTakenOnceMoreThanTheBoundWait() {
        int frames = pushUntilFull(1_000);
        assertEquals(BYTES_MAX, frames * 1_064, 1_064);
        channel.send();
        assertTrue(outbox.push(new byte[1_000], START), "there is room again");
    }

    @Test
    void aFrameAboveTheBoundIsTakenWhereItIsTheOnlyOne() {
        assertTrue(outbox.push(new byte[2 * BYTES_MAX], START));
        assertFalse(outbox.push(new byte[1], START));
        channel.send();
        assertTrue(outbox.push(new byte[1], START));
    }

    @Test
    void smallFramesCountAsWhatTheyTakeInMemory() {
        assertEquals(BYTES_MAX, pushUntilFull(1) * 65, 65);
    }

    @Test
    void theOldestFrameCountsFromWhenItWasPushedAlsoAcrossTheClocksOverflow() {
        assertEquals(AGE_MAX, outbox.nanosLeft(START));
        assertEquals(0, outbox.ageNanos(START));
        outbox.push(new byte[10], START);
        outbox.push(new byte[10], START + 20 * SECOND);
        assertEquals(SECOND, outbox.nanosLeft(START + 29 * SECOND));
        assertEquals(29 * SECOND, outbox.ageNanos(START + 29 * SECOND));
        assertEquals(0, outbox.nanosLeft(START + 30 * SECOND));
        channel.send();
        assertEquals(20 * SECOND, outbox.nanosLeft(START + 30 * SECOND));
        channel.send();
        assertEquals(AGE_MAX, outbox.nanosLeft(START + 60 * SECOND));
        assertEquals(0, outbox.ageNanos(START + 60 * SECOND));
    }

    @Test
    void aReaderThatIsSlowButSteadyNeverHasAFrameThatIsTooOld() {
        long now = START;
        push(500, 1_000);
        // Half a megabyte within 25 s; as much again comes meanwhile.
        for (int i = 0; i < 2_000; i++) {
            now += SECOND / 20;
            channel.send();
            assertTrue(outbox.push(new byte[1_000], now), "at " + i);
            assertTrue(outbox.nanosLeft(now) > 0, "at " + i);
        }
    }

    @Test
    void ofWhatIsDroppedNothingReachesTheChannel() {
        push(500, 1_000);
        int given = channel.given.size();
        outbox.drop();
        channel.sendAll();
        assertEquals(given, channel.given.size());
        assertTrue(outbox.isEmpty());
    }

    @Test
    void whatIsDoneAfterTheLastFrameIsDoneOnceTheChannelHasThemAll() {
        push(500, 1_000);
        List<Integer> givenThen = new ArrayList<>();
        outbox.afterLast(() -> givenThen.add(channel.given.size()));
        assertEquals(List.of(), givenThen);
        channel.sendAll();
        assertEquals(List.of(500), givenThen);
        outbox.push(new byte[1], START);
        assertEquals(List.of(500), givenThen, "once");
    }

    @Test
    void whatIsDoneAfterTheLastFrameIsDoneAtOnceWhereTheRestWasDropped() {
        push(500, 1_000);
        outbox.drop();
        List<String> done = new ArrayList<>();
        outbox.afterLast(() -> done.add("done"));
        assertEquals(List.of("done"), done);
    }

    @Test
    void whatWasToBeDoneAfterTheLastFrameIsDroppedWithTheFrames() {
        push(500, 1_000);
        outbox.afterLast(() -> {
            throw new AssertionError("done");
        });
        outbox.drop();
        channel.sendAll();
    }

    @Test
    void aChannelThatBreaksLeavesNothingBehind() {
        push(500, 1_000);
        channel.breakOff();
        assertTrue(outbox.isEmpty());
        assertEquals(AGE_MAX, outbox.nanosLeft(START + 60 * SECOND));
    }

    private List<byte[]> push(int count, int bytes) {
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] frame = new byte[bytes];
            Arrays.fill(frame, (byte) i);
            frames.add(frame);
            assertTrue(outbox.push(frame, START), "frame " + i);
        }
        return frames;
    }

    private int pushUntilFull(int bytes) {
        int frames = 0;
        while (outbox.push(new byte[bytes], START)) {
            frames++;
        }
        return frames;
    }
}
