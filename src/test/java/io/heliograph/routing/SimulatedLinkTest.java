package io.heliograph.routing;

import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The contract on the link of the simulations. */
class SimulatedLinkTest extends MortalLinkContract {

    @Override
    protected Pair open() {
        return new SimulatedPair();
    }

    private static final class SimulatedPair implements Pair {
        private final Simulation simulation = new Simulation(1);
        private final SimulatedLink.Network network = new SimulatedLink.Network(simulation, complaint -> {});
        private final List<SimulatedHost> hosts = new ArrayList<>();
        private final List<SimulatedLink> links = new ArrayList<>();
        private final List<LinkEnd> ends = new ArrayList<>();

        SimulatedPair() {
            network.weather(Weather.UNEVEN);
            for (int i = 0; i < 2; i++) {
                SimulatedHost host = new SimulatedHost();
                SimulatedLink link = new SimulatedLink(network, id(i), host);
                LinkEnd end = new LinkEnd();
                hosts.add(host);
                links.add(link);
                ends.add(end);
                await(link.open(end));
            }
            links.forEach(link -> link.nodeAppears(id(1 - links.indexOf(link))));
            simulation.run();
        }

        @Override
        public NodeId id(int end) {
            return new NodeId("node" + end, 0);
        }

        @Override
        public LinkEnd end(int end) {
            return ends.get(end);
        }

        @Override
        public <T> Future<T> call(int end, Function<NodeLink, Future<T>> action) {
            Promise<T> promise = Promise.promise();
            hosts.get(end).run(() -> action.apply(links.get(end)).onComplete(promise));
            return promise.future();
        }

        @Override
        public <T> T await(Future<T> future) {
            simulation.runUntil(future::isComplete, simulation.nowMicros() + 3 * Simulation.SECOND);
            if (!future.isComplete()) {
                throw new AssertionError("no answer in time");
            }
            if (future.failed()) {
                throw future.cause() instanceof RuntimeException failure
                        ? failure
                        : new IllegalStateException(future.cause());
            }
            return future.result();
        }

        @Override
        public void until(String what, BooleanSupplier condition) {
            if (!simulation.runUntil(condition, simulation.nowMicros() + 10 * Simulation.SECOND)) {
                throw new AssertionError("waited in vain for " + what);
            }
        }

        @Override
        public void killSecond() {
            hosts.get(1).kill();
            simulation.after(
                    Simulation.SECOND, () -> hosts.get(0).run(() -> links.get(0).nodeVanishes(id(1))));
        }

        @Override
        public void close() {}
    }
}
