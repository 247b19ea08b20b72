package io.heliograph.session;

import io.heliograph.ice.IceIssuer;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Limits;
import io.heliograph.routing.Router;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** All sessions of one node. */
public final class Sessions {
    private static final int TICK_MILLIS = 1_000;

    private final Vertx vertx;
    private final Router router;
    private final IceIssuer ice;
    private final int heartbeatMillis;
    private final Limits limits;
    private final Facts facts;

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
        vertx.setPeriodic(TICK_MILLIS, tick -> router.tick());
        return router.open();
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
