package io.heliograph.transport;

import io.heliograph.protocol.Limits;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;
import java.util.function.IntConsumer;

/**
 * What one connection has yet to send, in order, bounded by bytes and by age. The channel is given a little at a time: what it
 * has it does not give back, and it keeps more for each frame than the frame has bytes.
 */
final class Outbox {
    private static final long AGE_NANOS_MAX = Limits.OUTBOX_SECONDS_MAX * 1_000_000_000L;
    private static final int UNDER_WAY_BYTES_MAX = 64 << 10;
    /** What a frame takes in memory beside its bytes while it waits here. */
    private static final int FRAME_BYTES = 64;

    private static final class Frame {
        private final byte[] text;
        private final long pushedNanos;

        Frame(byte[] text, long pushedNanos) {
            this.text = text;
            this.pushedNanos = pushedNanos;
        }

        int bytes() {
            return text.length + FRAME_BYTES;
        }
    }

    // Set once.
    private final Function<byte[], Future<Void>> write;
    private final int bytesMax;
    private final IntConsumer grew;

    // Owned by the connection's event loop.
    private final Deque<Frame> waiting = new ArrayDeque<>();
    private final Deque<Frame> underWay = new ArrayDeque<>();
    private int waitingBytes;
    private int underWayBytes;
    private boolean handingOn;
    private Runnable last = () -> {};

    /**
     * An empty one.
     *
     * @param write hands a frame to the channel; completes when it has left or never will, in the order handed on
     * @param bytesMax no frame is taken while more than this wait, each counted as it is in memory
     * @param grew is told by how many bytes what waits has grown, or shrunk
     */
    Outbox(Function<byte[], Future<Void>> write, int bytesMax, IntConsumer grew) {
        this.write = write;
        this.bytesMax = bytesMax;
        this.grew = grew;
    }

    /** Takes a frame that is not changed any more, or answers false where too much waits already. */
    boolean push(byte[] text, long nowNanos) {
        if (waitingBytes + underWayBytes > bytesMax) {
            return false;
        }
        Frame frame = new Frame(text, nowNanos);
        waiting.add(frame);
        waitingBytes += frame.bytes();
        grew.accept(frame.bytes());
        handOn();
        return true;
    }

    /** How long until a frame is too old, if none leaves; not more than 0 where one is, all the time where none waits. */
    long nanosLeft(long nowNanos) {
        Frame oldest = underWay.isEmpty() ? waiting.peek() : underWay.peek();
        return oldest == null ? AGE_NANOS_MAX : AGE_NANOS_MAX - (nowNanos - oldest.pushedNanos);
    }

    /** How long the frame that has waited longest has waited for the channel to send it; 0 where none waits. */
    long ageNanos(long nowNanos) {
        return AGE_NANOS_MAX - nanosLeft(nowNanos);
    }

    boolean isEmpty() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    /** Runs {@code action}, once, as soon as the channel has been given every frame. */
    void afterLast(Runnable action) {
        last = action;
        handOn();
    }

    /** Forgets what the channel was not given yet, and what was to be done after it. */
    void drop() {
        waiting.clear();
        grew.accept(-waitingBytes);
        waitingBytes = 0;
        last = () -> {};
    }

    private void handOn() {
        if (handingOn) {
            return;
        }
        handingOn = true;
        while (underWayBytes < UNDER_WAY_BYTES_MAX && !waiting.isEmpty()) {
            Frame frame = waiting.remove();
            waitingBytes -= frame.bytes();
            underWay.add(frame);
            underWayBytes += frame.bytes();
            write.apply(frame.text).onComplete(written -> left());
        }
        handingOn = false;
        if (waiting.isEmpty()) {
            Runnable now = last;
            last = () -> {};
            now.run();
        }
    }

    private void left() {
        int bytes = underWay.remove().bytes();
        underWayBytes -= bytes;
        grew.accept(-bytes);
        handOn();
    }
}
