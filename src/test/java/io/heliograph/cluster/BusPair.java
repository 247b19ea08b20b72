package io.heliograph.cluster;

import io.heliograph.protocol.NodeId;
import io.heliograph.routing.LinkContract;
import io.heliograph.routing.LinkEnd;
import io.heliograph.routing.NodeLink;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Two nodes that reach each other over an event bus. */
final class BusPair implements LinkContract.Pair {

    private static final class Node extends VerticleBase {
        private final BusLink link;
        private final LinkEnd end = new LinkEnd();

        Node(BusLink link) {
            this.link = link;
        }

        @Override
        public Future<?> start() {
            return link.open(end);
        }

        void run(Runnable action) {
            context.runOnContext(v -> action.run());
        }
    }

    private final Processes processes;
    private final List<Node> nodes = new ArrayList<>();

    BusPair(Processes processes) {
        this.processes = processes;
        for (Processes.OneProcess process : processes.running()) {
            for (NodeId id : process.self().nodes()) {
                Node node = new Node(new BusLink(process.vertx(), id, process.membership()));
                await(process.vertx().deployVerticle(node));
                nodes.add(node);
            }
        }
        until(
                "both ends to be up",
                () -> nodes.stream().noneMatch(node -> node.end.heard().isEmpty()));
    }

    @Override
    public NodeId id(int end) {
        return nodes.get(end).link.self();
    }

    @Override
    public LinkEnd end(int end) {
        return nodes.get(end).end;
    }

    @Override
    public <T> Future<T> call(int end, Function<NodeLink, Future<T>> action) {
        Promise<T> promise = Promise.promise();
        Node node = nodes.get(end);
        node.run(() -> action.apply(node.link).onComplete(promise));
        return promise.future();
    }

    @Override
    public <T> T await(Future<T> future) {
        return Processes.await(future);
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
        processes.until(what, condition);
    }

    @Override
    public void killSecond() {
        processes.kill();
    }

    @Override
    public void close() {
        processes.close();
    }
}
