package io.heliograph.routing;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** The contract on the directory of the simulations. */
class SimulatedDirectoryTest extends DirectoryContract {
    private final Simulation simulation = new Simulation(1);
    private final SimulatedDirectory shared = new SimulatedDirectory(simulation);
    private final List<Directory> views = List.of(shared.from(new SimulatedHost()), shared.from(new SimulatedHost()));

    @Override
    protected int views() {
        return views.size();
    }

    @Override
    protected <T> Future<T> call(int view, Function<Directory, Future<T>> operation) {
        return operation.apply(views.get(view));
    }

    @Override
    protected <T> T await(Future<T> future) {
        simulation.run();
        if (!future.succeeded()) {
            throw new AssertionError("not done", future.cause());
        }
        return future.result();
    }
}
