package io.heliograph.session;

import io.heliograph.ice.IceIssuer;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Limits;
import io.heliograph.routing.Router;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.TimeUnit;

/** All sessions of one node. */
public final class Sessions {
    private static final int TICK_MILLIS = 1_000;
    /** As long as the others take to believe that a node is gone. */
    private static final int STANDSTILL_SECONDS = 5;

    private final Vertx vertx;
    private final Router router;
    private final IceIssuer ice;
    private final int heartbeatMillis;
    private final Limits limits;
    private final Facts facts;

    // Owned by the node's context.
    private long tickedNanos;

    public Sessions(Vertx vertx, Router router, IceIssuer ice, int heartbeatMillis, Limits limits, Facts facts) {
        this.vertx = vertx;
        this.router = router;
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
        tickedNanos = now;
        if (since >= STANDSTILL_SECONDS) {
            router.stoodStill((int) since);
        }
        router.tick();
    }

    /** Begins a session over a new connection. */
    public Session greet(Outlet outlet, DialectName dialect) {
        return new Session(vertx, router, ice, outlet, dialect, heartbeatMillis, limits, facts);
    }

    /** What this node knows, for {@code /state}; on its context. */
    public JsonObject report() {
        return router.report();
    }
}
