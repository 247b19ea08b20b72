package io.heliograph.routing;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What this process knows, for people and for consistency checks. May be called from any context. */
@FunctionalInterface
public interface StateReport {

    /** Rosters, sessions and the directory as this process sees them now. */
    Future<JsonObject> report();
}
