package io.heliograph.management;

import io.heliograph.management.DrainCourse.Phase;
import io.heliograph.protocol.Settings;
import io.heliograph.routing.Drain;
import io.heliograph.routing.Drain.Left;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the clients of all nodes of this process go elsewhere, before it stops or because an operator asks. From any context. */
public final class ServerDrain {
    private static final Logger LOG = LoggerFactory.getLogger(ServerDrain.class);
    private static final int LOOK_MILLIS = 100;
    private static final long MILLIS_PER_SECOND = 1_000;

    private record Node(Context context, Drain drain) {}

    // Set once.
    private final Vertx vertx;
    private final Context context;
    private final BooleanSupplier refuge;

    // Owned by the context made for it.
    private final DrainCourse course;
    private Promise<Void> over = Promise.promise();
    private boolean stopping;
    private int round;

    // Shared: any thread.
    private final List<Node> nodes = new CopyOnWriteArrayList<>();
    private volatile boolean draining;

    /** {@code refuge} says whether there is another process to go to. */
    public ServerDrain(Vertx vertx, Settings.Drain settings, BooleanSupplier refuge) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.refuge = refuge;
        this.course = new DrainCourse(settings);
    }

    /** From now on this node takes part. */
    public void include(Context eventLoop, Drain node) {
        nodes.add(new Node(eventLoop, node));
    }

    /** Whether new clients should go elsewhere. */
    public boolean isDraining() {
        return draining;
    }

    /** Begins, if it has not begun; answers how it stands. */
    public Future<JsonObject> begin() {
        return here(() -> {
            start();
            return report();
        });
    }

    /** Begins, if it has not begun, and cannot be undone any more; completes when it is over. */
    public Future<Void> finish() {
        return here(() -> {
            stopping = true;
            start();
            return over.future();
        });
    }

    /** Takes clients again, and answers how it stands; empty where the process stops. */
    public Future<Optional<JsonObject>> undo() {
        return here(() -> {
            if (stopping) {
                return Future.succeededFuture(Optional.empty());
            }
            if (draining) {
                LOG.info("drain undone phase={}", course.phase().label());
                round++;
                course.undo();
                draining = false;
            }
            return onAll(Drain::stay).compose(stayed -> report()).map(Optional::of);
        });
    }

    /** How it stands, for people. */
    public Future<JsonObject> report() {
        return here(() -> left().map(left -> new JsonObject()
                .put("state", course.phase().label())
                .put("connections", left.connections())
                .put("peers", left.peers())
                .put("asked", left.asked())
                .put("secondsLeft", (course.millisLeft(now()) + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND)));
    }

    private void start() {
        if (draining) {
            return;
        }
        draining = true;
        over = Promise.promise();
        course.begin(now());
        LOG.info("drain phase={}", course.phase().label());
        follow(++round);
    }

    private void follow(int following) {
        left().onSuccess(left -> {
            if (following != round) {
                return;
            }
            if (course.advance(now(), left, refuge.getAsBoolean())) {
                LOG.info(
                        "drain phase={} connections={} peers={}",
                        course.phase().label(),
                        left.connections(),
                        left.peers());
                act().onSuccess(acted -> follow(following));
            } else if (course.phase() == Phase.DRAINED) {
                over.complete();
            } else {
                vertx.setTimer(LOOK_MILLIS, timer -> follow(following));
            }
        });
    }

    private Future<Left> act() {
        return switch (course.phase()) {
            case MOVING -> onAll(node -> node.askToMove(course.askMillis(), course.moveMillis()));
            case CLOSING -> {
                int overMillis = refuge.getAsBoolean() ? course.closeMillis() : 0;
                yield onAll(node -> node.close(overMillis));
            }
            case SERVING, ANNOUNCED, DRAINED -> left();
        };
    }

    private Future<Left> left() {
        return onAll(node -> {});
    }

    /** On each node's context; answers who is left then. */
    private Future<Left> onAll(Consumer<Drain> action) {
        List<Future<Left>> counts = new ArrayList<>();
        for (Node node : nodes) {
            Promise<Left> counted = Promise.promise();
            node.context.runOnContext(there -> {
                action.accept(node.drain);
                Left left = node.drain.left();
                context.runOnContext(here -> counted.complete(left));
            });
            counts.add(counted.future());
        }
        return Future.all(counts).map(all -> counts.stream().map(Future::result).reduce(Left.NOBODY, Left::plus));
    }

    private <T> Future<T> here(Supplier<Future<T>> action) {
        Promise<T> answer = Promise.promise();
        context.runOnContext(here -> action.get().onComplete(answer));
        return answer.future();
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
