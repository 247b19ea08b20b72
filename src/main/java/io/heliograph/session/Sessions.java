package io.heliograph.session;

import io.heliograph.auth.Authenticator;
import io.heliograph.ice.IceIssuer;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.routing.Drain;
import io.heliograph.routing.Router;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** All sessions of one node. */
public final class Sessions implements Drain {
    private static final int TICK_MILLIS = 1_000;
    /** As long as the others take to believe that a node is gone. */
    private static final int STANDSTILL_SECONDS = 5;

    private static final int PACE_MILLIS = 50;
    private static final long NO_TIMER = -1;

    // Set once.
    final Vertx vertx;
    final Router router;
    final Authenticator authenticator;
    final InstantSource clock;
    final IceIssuer ice;
    final int heartbeatMillis;
    final Limits limits;
    final Facts facts;

    // Owned by the node's context.
    private final Set<Session> open = new LinkedHashSet<>();
    private Optional<ServerMessage.Draining> draining = Optional.empty();
    private int asked;
    private long paceTimer = NO_TIMER;
    private long tickedNanos;

    /** {@code clock} is the one by which {@code authenticator} says how long somebody may stay. */
    public Sessions(
            Vertx vertx,
            Router router,
            Authenticator authenticator,
            InstantSource clock,
            IceIssuer ice,
            int heartbeatMillis,
            Limits limits,
            Facts facts) {
        this.vertx = vertx;
        this.router = router;
        this.authenticator = authenticator;
        this.clock = clock;
        this.ice = ice;
        this.heartbeatMillis = heartbeatMillis;
        this.limits = limits;
        this.facts = facts;
    }

    /** Joins the other nodes; called once, on the context that owns this node. */
    public Future<Void> open() {
        tickedNanos = System.nanoTime();
        vertx.setPeriodic(TICK_MILLIS, timer -> tick());
        return router.open();
    }

    private void tick() {
        long now = System.nanoTime();
        long since = TimeUnit.NANOSECONDS.toSeconds(now - tickedNanos);
        facts.eventLoopLate(Math.max(0, now - tickedNanos - TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS)));
        tickedNanos = now;
        if (since >= STANDSTILL_SECONDS) {
            router.stoodStill((int) since);
        }
        router.tick();
    }

    /** Begins a session over a new connection. */
    public Session greet(Outlet outlet, DialectName dialect) {
        facts.connected();
        Session session = new Session(this, outlet, dialect);
        open.add(session);
        session.gone().onComplete(gone -> open.remove(session));
        return session;
    }

    /** Whether new peers are taken, and new connections with them. */
    public boolean admit() {
        return draining.isEmpty();
    }

    /** What a peer is to be told that comes while the node is being left. */
    Optional<ServerMessage.Draining> draining() {
        return draining;
    }

    @Override
    public void askToMove(int overMillis, int withinMillis) {
        ServerMessage.Draining message = new ServerMessage.Draining(withinMillis);
        draining = Optional.of(message);
        asked = 0;
        spread(overMillis, session -> {
            if (session.askToMove(message)) {
                asked++;
            }
        });
    }

    @Override
    public void close(int overMillis) {
        draining = Optional.of(draining.orElse(new ServerMessage.Draining(0)));
        spread(overMillis, Session::restart);
    }

    @Override
    public void stay() {
        vertx.cancelTimer(paceTimer);
        draining = Optional.empty();
        asked = 0;
    }

    @Override
    public Left left() {
        return new Left(open.size(), router.peers(), asked);
    }

    /** The process ends, and all connections have: completes when those concerned know what will not arrive any more. */
    public Future<Void> end() {
        return router.end();
    }

    private void spread(int overMillis, Consumer<Session> step) {
        vertx.cancelTimer(paceTimer);
        Deque<Session> waiting = new ArrayDeque<>(open);
        Pace pace = new Pace(waiting.size(), overMillis);
        long began = System.nanoTime();
        Runnable steps = () -> {
            int due = pace.dueAfter(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            while (pace.steps() - waiting.size() < due) {
                step.accept(waiting.remove());
            }
            if (waiting.isEmpty()) {
                vertx.cancelTimer(paceTimer);
            }
        };
        paceTimer = vertx.setPeriodic(PACE_MILLIS, timer -> steps.run());
        steps.run();
    }

    /** What this node knows, for {@code /state}; on its context. */
    public JsonObject report() {
        return router.report();
    }
}
