package io.heliograph.cluster;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.NodeId;
import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeLink.Inbound;
import io.heliograph.routing.NodeRequest;
import io.heliograph.routing.Unreachable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What goes on between this node and one other: both directions in order, what waits for an answer, and whether the other
 * hears. What is said within one turn of the event loop travels together.
 */
final class Lane {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final int UNANSWERED_MAX = 50_000;
    private static final long ANSWER_WITHIN_NANOS = 2_000_000_000L;
    private static final int TICKS_PER_HAIL = 4;

    private record Unanswered(Promise<NodeAnswer> promise, long deadlineNanos) {}

    // Set once.
    private final NodeId node;
    private final NodeId self;
    private final Inbound inbound;
    private final Function<LinkBatch, Future<Void>> send;
    private final Context context;
    private final long epoch;

    // Owned by the node's context.
    private final Map<Long, Unanswered> unanswered = new LinkedHashMap<>();
    private List<LinkFrame> outgoing = new ArrayList<>();
    private boolean up;
    private boolean closed;
    private long batches;
    private long requests;
    private long receivedEpoch;
    private long receivedNumber;
    private long ticks;

    Lane(
            NodeId node,
            Inbound inbound,
            Function<LinkBatch, Future<Void>> send,
            NodeId self,
            Context context,
            long epoch) {
        this.node = node;
        this.inbound = inbound;
        this.send = send;
        this.self = self;
        this.context = context;
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
        if (unanswered.size() >= UNANSWERED_MAX) {
            return Future.failedFuture(new Unreachable(node, DropReason.OVERFLOW));
        }
        Promise<NodeAnswer> promise = Promise.promise();
        long id = ++requests;
        unanswered.put(id, new Unanswered(promise, System.nanoTime() + ANSWER_WITHIN_NANOS));
        say(new LinkFrame.Request(id, request));
        return promise.future();
    }

    void receive(LinkBatch batch) {
        if (batch.epoch() < receivedEpoch || (batch.epoch() == receivedEpoch && batch.number() <= receivedNumber)) {
            LOG.debug("late batch ignored node={} from={} number={}", self, node, batch.number());
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
    void tick() {
        long now = System.nanoTime();
        Iterator<Unanswered> oldestFirst = unanswered.values().iterator();
        List<Unanswered> late = new ArrayList<>();
        while (oldestFirst.hasNext()) {
            Unanswered oldest = oldestFirst.next();
            if (oldest.deadlineNanos - now > 0) {
                break;
            }
            oldestFirst.remove();
            late.add(oldest);
        }
        late.forEach(this::giveUp);
        ticks++;
        if (!up && ticks % TICKS_PER_HAIL == 0) {
            hail();
        }
    }

    /** The other node is gone. */
    void close() {
        closed = true;
        List<Unanswered> lost = new ArrayList<>(unanswered.values());
        unanswered.clear();
        lost.forEach(this::giveUp);
        if (up) {
            up = false;
            inbound.nodeDown(node);
        }
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
            Unanswered asked = unanswered.remove(answer.id());
            if (asked != null) {
                asked.promise.complete(answer.body());
            }
        } else if (frame instanceof LinkFrame.Failure failure) {
            Unanswered asked = unanswered.remove(failure.id());
            if (asked != null) {
                giveUp(asked);
            }
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
        if (outgoing.size() == 1) {
            context.runOnContext(endOfTurn -> flush());
        }
    }

    private void flush() {
        LinkBatch batch = new LinkBatch(self, epoch, ++batches, outgoing);
        outgoing = new ArrayList<>();
        send.apply(batch).onFailure(failure -> {
            LOG.debug("batch not sent node={} to={} cause={}", self, node, failure.toString());
            giveUpAll(batch);
        });
    }

    private void giveUpAll(LinkBatch batch) {
        for (LinkFrame frame : batch.frames()) {
            if (frame instanceof LinkFrame.Request request) {
                Unanswered asked = unanswered.remove(request.id());
                if (asked != null) {
                    giveUp(asked);
                }
            }
        }
    }

    private void giveUp(Unanswered asked) {
        asked.promise.fail(new Unreachable(node, DropReason.NODE_LOST));
    }
}
