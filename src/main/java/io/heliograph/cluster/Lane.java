package io.heliograph.cluster;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.NodeId;
import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeLink.Inbound;
import io.heliograph.routing.NodeRequest;
import io.heliograph.routing.Unreachable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on between this node and one other: both directions in order, what waits for an answer, and whether the other
 * hears. What is said within one turn of the event loop travels together.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int UNANSWERED_MAX = 50_000;
    /** Most bytes unanswered, and most that the bus has not written: there a request stays that was given up. */
    private static final long BYTES_MAX = 32 << 20;

    private static final long ANSWER_WITHIN_NANOS = 2_000_000_000L;
    private static final int TICKS_PER_HAIL = 4;
    private static final int GIVEN_UP_MAX = 1_000;

    private record Unanswered(
            Promise<NodeAnswer> promise, long deadlineNanos, int bytes, Optional<NodeRequest.Lasting> lasting) {}

    // Set once.
    private final NodeId node;
    private final int version;
    private final NodeId self;
    private final Inbound inbound;
    private final Function<LinkBatch, Future<Void>> send;
    private final Executor laterTurn;
    private final long epoch;

    // Owned by the node's context.
    private final Map<Long, Unanswered> unanswered = new LinkedHashMap<>();
    /** What may yet be answered, the oldest first. */
    private final Map<Long, NodeRequest.Lasting> givenUp = new LinkedHashMap<>();

    private List<LinkFrame> outgoing = new ArrayList<>();
    private long unansweredBytes;
    private long outgoingBytes;
    private long unwrittenBytes;
    private boolean up;
    private boolean closed;
    private long batches;
    private long requests;
    private long requestsSent;
    private long receivedEpoch;
    private long receivedNumber;
    private long ticks;

    /**
     * Nothing has been said yet.
     *
     * @param version of the link, which both nodes speak
     * @param laterTurn runs what it is given in a later turn of the node's event loop
     */
    Lane(
            NodeId node,
            int version,
            Inbound inbound,
            Function<LinkBatch, Future<Void>> send,
            NodeId self,
            Executor laterTurn,
            long epoch) {
        this.node = node;
        this.version = version;
        this.inbound = inbound;
        this.send = send;
        this.self = self;
        this.laterTurn = laterTurn;
        this.epoch = epoch;
    }

    /** Whether the other node hears this one. */
    boolean isUp() {
        return up;
    }

    /** Asks whether the other node hears this one. */
    void hail() {
        say(new LinkFrame.Hail());
    }

    Future<NodeAnswer> ask(NodeRequest request) {
        if (!LinkCodec.isUnderstood(request, version)) {
            return Future.failedFuture(new Unreachable(node, DropReason.NODE_LOST));
        }
        if (unanswered.size() >= UNANSWERED_MAX
                || unansweredBytes >= BYTES_MAX
                || outgoingBytes + unwrittenBytes >= BYTES_MAX) {
            return Future.failedFuture(new Unreachable(node, DropReason.OVERFLOW));
        }
        Promise<NodeAnswer> promise = Promise.promise();
        LinkFrame.Request frame = new LinkFrame.Request(++requests, request);
        int bytes = LinkWeight.of(frame);
        Optional<NodeRequest.Lasting> lasting =
                request instanceof NodeRequest.Lasting kept ? Optional.of(kept) : Optional.empty();
        unanswered.put(frame.id(), new Unanswered(promise, System.nanoTime() + ANSWER_WITHIN_NANOS, bytes, lasting));
        unansweredBytes += bytes;
        say(frame);
        return promise.future();
    }

    void receive(LinkBatch batch) {
        if (batch.epoch() < receivedEpoch || (batch.epoch() == receivedEpoch && batch.number() <= receivedNumber)) {
            LOG.debug("late batch ignored node={} from={} number={}", self, node, batch.number());
            return;
        }
        if (receivedEpoch == 0 && batch.frames().stream().noneMatch(Lane::isGreeting)) {
            // The bus delivers what it had not got rid of when the nodes last lost each other.
            LOG.debug("batch of before ignored node={} from={} number={}", self, node, batch.number());
            return;
        }
        boolean forgotten = receivedEpoch != 0 && batch.epoch() > receivedEpoch;
        if (!forgotten && receivedEpoch != 0 && batch.number() != receivedNumber + 1) {
            LOG.warn("batches lost node={} from={} count={}", self, node, batch.number() - receivedNumber - 1);
        }
        receivedEpoch = batch.epoch();
        receivedNumber = batch.number();
        if (forgotten && up) {
            inbound.nodeUp(node);
        }
        batch.frames().forEach(this::receive);
    }

    /** Gives up what has waited too long, and asks again a node that does not hear. Called every 250 ms. */
    void tick(long nowNanos) {
        Map<Long, Optional<NodeRequest.Lasting>> late = new LinkedHashMap<>();
        for (Map.Entry<Long, Unanswered> oldest : unanswered.entrySet()) {
            if (oldest.getValue().deadlineNanos - nowNanos > 0) {
                break;
            }
            late.put(oldest.getKey(), oldest.getValue().lasting);
        }
        late.forEach((request, lasting) -> {
            lasting.ifPresent(kept -> keep(request, kept));
            giveUp(request);
        });
        ticks++;
        if (!up && ticks % TICKS_PER_HAIL == 0) {
            hail();
        }
    }

    private void keep(long id, NodeRequest.Lasting request) {
        if (givenUp.size() >= GIVEN_UP_MAX) {
            givenUp.remove(givenUp.keySet().iterator().next());
        }
        givenUp.put(id, request);
    }

    /** The other node is gone. */
    void close() {
        closed = true;
        List.copyOf(unanswered.keySet()).forEach(this::giveUp);
        if (up) {
            up = false;
            inbound.nodeDown(node);
        }
    }

    private static boolean isGreeting(LinkFrame frame) {
        return frame instanceof LinkFrame.Hail || frame instanceof LinkFrame.Echo;
    }

    private void receive(LinkFrame frame) {
        if (frame instanceof LinkFrame.Hail) {
            say(new LinkFrame.Echo());
        } else if (frame instanceof LinkFrame.Echo) {
            comeUp();
        } else if (frame instanceof LinkFrame.Request request) {
            comeUp();
            answer(request);
        } else if (frame instanceof LinkFrame.Answer answer) {
            NodeRequest.Lasting late = givenUp.remove(answer.id());
            if (late != null) {
                inbound.late(node, late, answer.body());
            }
            settle(answer.id(), asked -> asked.complete(answer.body()));
        } else if (frame instanceof LinkFrame.Failure failure) {
            giveUp(failure.id());
        }
    }

    private void comeUp() {
        if (!up) {
            up = true;
            inbound.nodeUp(node);
        }
    }

    private void answer(LinkFrame.Request request) {
        Future<NodeAnswer> answer;
        try {
            answer = inbound.answer(node, request.body());
        } catch (RuntimeException defect) {
            answer = Future.failedFuture(defect);
        }
        answer.onSuccess(body -> say(new LinkFrame.Answer(request.id(), body))).onFailure(defect -> {
            LOG.error("request of another node failed node={} from={}", self, node, defect);
            say(new LinkFrame.Failure(request.id()));
        });
    }

    private void say(LinkFrame frame) {
        if (closed) {
            return;
        }
        outgoing.add(frame);
        outgoingBytes += LinkWeight.of(frame);
        if (outgoing.size() == 1) {
            laterTurn.execute(this::flush);
        }
    }

    private void flush() {
        LinkBatch batch = new LinkBatch(version, self, epoch, ++batches, outgoing);
        long bytes = outgoingBytes;
        long first = requestsSent + 1;
        long last = requests;
        requestsSent = requests;
        outgoing = new ArrayList<>();
        outgoingBytes = 0;
        unwrittenBytes += bytes;
        send.apply(batch).onComplete(written -> {
            unwrittenBytes -= bytes;
            if (written.failed()) {
                LOG.debug(
                        "batch not sent node={} to={} cause={}",
                        self,
                        node,
                        written.cause().toString());
                LongStream.rangeClosed(first, last).forEach(this::giveUp);
            }
        });
    }

    private void giveUp(long request) {
        settle(request, asked -> asked.fail(new Unreachable(node, DropReason.NODE_LOST)));
    }

    /** Ends the wait for an answer, if it is still waited for. */
    private void settle(long request, Consumer<Promise<NodeAnswer>> how) {
        Unanswered asked = unanswered.remove(request);
        if (asked != null) {
            unansweredBytes -= asked.bytes;
            how.accept(asked.promise);
        }
    }
}
