package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/** A directory that answers when it is told to, and whose changes can be made to fail. */
final class SlowDirectory implements Directory {

    /** How a change fails. */
    enum Failing {
        /** It is made, and seems not to be. */
        AFTER_EFFECT,
        /** It is not made, or only when {@link #makeLateChanges()} is called. */
        BEFORE_EFFECT
    }

    private final LoopbackDirectory truth = new LoopbackDirectory();
    private final Queue<Runnable> unanswered = new ArrayDeque<>();
    private final List<Supplier<Future<Boolean>>> late = new ArrayList<>();
    private Failing failing = Failing.AFTER_EFFECT;
    private int failures;
    private int changes;

    void failNext(int times, Failing how) {
        failures = times;
        failing = how;
    }

    /** How many changes of rooms were made. */
    int changes() {
        return changes;
    }

    /** Answers until nothing more is asked. */
    void answerAll() {
        while (!unanswered.isEmpty()) {
            unanswered.remove().run();
        }
    }

    /** What was given up is done after all. */
    void makeLateChanges() {
        for (Supplier<Future<Boolean>> change : late) {
            var unused = change.get();
        }
        late.clear();
    }

    @Override
    public Future<Optional<SessionRecord>> findSession(PeerId peer) {
        return later(() -> truth.findSession(peer));
    }

    @Override
    public Future<Boolean> replaceSession(PeerId peer, Optional<SessionRecord> expected, Optional<SessionRecord> next) {
        return later(() -> attempt(() -> truth.replaceSession(peer, expected, next)));
    }

    @Override
    public Future<Map<PeerId, SessionRecord>> sessionsOn(NodeId node) {
        return later(() -> truth.sessionsOn(node));
    }

    @Override
    public Future<Optional<GroupEntry>> findGroup(Group group) {
        return later(() -> truth.findGroup(group));
    }

    @Override
    public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
        return later(() -> attempt(() -> count(truth.replaceGroup(group, expected, next))));
    }

    @Override
    public Future<Contents> contents() {
        return later(truth::contents);
    }

    private Future<Boolean> attempt(Supplier<Future<Boolean>> change) {
        if (failures == 0) {
            return change.get();
        }
        failures--;
        if (failing == Failing.AFTER_EFFECT) {
            var unused = change.get();
        } else {
            late.add(change);
        }
        return Future.failedFuture("directory: no answer (for the test)");
    }

    private Future<Boolean> count(Future<Boolean> replaced) {
        return replaced.onSuccess(done -> changes += done ? 1 : 0);
    }

    private <T> Future<T> later(Supplier<Future<T>> operation) {
        Promise<T> promise = Promise.promise();
        unanswered.add(() -> operation.get().onComplete(promise));
        return promise.future();
    }
}
