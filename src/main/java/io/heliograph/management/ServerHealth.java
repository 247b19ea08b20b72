package io.heliograph.management;

import io.heliograph.routing.Health;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** The health of this process, put together while it starts and stops. */
public final class ServerHealth implements Health {
    private static final int LIVE_SECONDS_MAX = 2;

    // Set once.
    private final BooleanSupplier clusterSettled;
    private final BooleanSupplier draining;

    // Shared: any thread.
    private final List<Context> eventLoops = new CopyOnWriteArrayList<>();
    private volatile boolean listening;

    /**
     * Nothing is up yet.
     *
     * @param clusterSettled whether the members that this process was told of have been found
     * @param draining whether no new clients are wanted
     */
    public ServerHealth(BooleanSupplier clusterSettled, BooleanSupplier draining) {
        this.clusterSettled = clusterSettled;
        this.draining = draining;
    }

    /** From now on this event loop must turn. */
    public void watch(Context eventLoop) {
        eventLoops.add(eventLoop);
    }

    /** The public port is open. */
    public void listening() {
        listening = true;
    }

    @Override
    public SortedMap<String, Boolean> started() {
        return new TreeMap<>(Map.of("listening", listening, "cluster", clusterSettled.getAsBoolean()));
    }

    @Override
    public SortedMap<String, Boolean> ready() {
        return new TreeMap<>(Map.of("listening", listening, "not-draining", !draining.getAsBoolean()));
    }

    @Override
    public Future<SortedMap<String, Boolean>> live() {
        List<Future<Boolean>> turns = new ArrayList<>();
        for (Context eventLoop : eventLoops) {
            Promise<Boolean> turned = Promise.promise();
            eventLoop.runOnContext(turn -> turned.complete(true));
            turns.add(
                    turned.future().timeout(LIVE_SECONDS_MAX, TimeUnit.SECONDS).otherwise(false));
        }
        return Future.all(turns).map(all -> {
            SortedMap<String, Boolean> checks = new TreeMap<>();
            for (int i = 0; i < turns.size(); i++) {
                checks.put("event-loop-" + i, turns.get(i).result());
            }
            return checks;
        });
    }
}
