package io.heliograph.routing;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Traces;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** The contract on a node that is alone: everything happens at once, on one thread. */
class LoopbackRouterTest extends CallsContract {

    @Override
    protected TestCluster open() {
        return new LoneNode();
    }

    private static final class LoneNode implements TestCluster, TestNode {
        private final NodeId id = new NodeId("alone", 0);
        private final Directory directory = new LoopbackDirectory();
        private final Router router = new Router(
                directory,
                new LoopbackLink(id),
                SimulatedCluster.LIMITS,
                SimulatedCluster.RING_SECONDS,
                0,
                InstantSource.system(),
                new CountedFacts(),
                Traces.OFF);
        private final List<String> complaints = new ArrayList<>();
        private int entered;

        LoneNode() {
            await(router.open());
        }

        @Override
        public NodeId id() {
            return id;
        }

        @Override
        public Router router() {
            return router;
        }

        @Override
        public void run(Runnable action) {
            action.run();
        }

        @Override
        public List<TestNode> nodes() {
            return List.of(this);
        }

        @Override
        public Client enter(int node, Optional<Name> user) {
            return await(Client.enter(this, new PeerId("p" + ++entered), user, complaints::add));
        }

        @Override
        public <T> T await(Future<T> future) {
            if (!future.isComplete()) {
                throw new AssertionError("not done at once");
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
            if (!condition.getAsBoolean()) {
                router.tick();
                if (!condition.getAsBoolean()) {
                    throw new AssertionError("did not come to " + what);
                }
            }
        }

        @Override
        public Directory.Contents directory() {
            return await(directory.contents());
        }

        @Override
        public <T> Future<T> call(TestNode node, Supplier<Future<T>> action) {
            return action.get();
        }

        @Override
        public void kill() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Runnable freeze(TestNode node) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<String> complaints() {
            return complaints;
        }

        @Override
        public void close() {}
    }
}
