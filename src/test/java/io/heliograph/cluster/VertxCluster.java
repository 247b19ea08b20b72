package io.heliograph.cluster;

import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Traces;
import io.heliograph.routing.Client;
import io.heliograph.routing.CountedFacts;
import io.heliograph.routing.Directory;
import io.heliograph.routing.Router;
import io.heliograph.routing.TestCluster;
import io.heliograph.routing.TestNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Real nodes on real contexts, wired as in production, without sockets for clients. */
final class VertxCluster implements TestCluster {
    private static final Limits LIMITS = new Limits(
            65_536,
            200,
            1_048_576,
            64,
            250,
            4_194_304,
            new Limits.Intake(10_000, 0, 0, 1_000),
            new Limits.Absence(10_000, 67_108_864));
    private static final int TICK_MILLIS = 1_000;
    private static final int RING_SECONDS = 45;

    /** A node on the context of a verticle. */
    static final class Node extends VerticleBase implements TestNode {
        private final Directory directory;
        private final BusLink link;
        private final Router router;

        Node(Vertx vertx, NodeId id, Membership membership, Directory directory) {
            this.directory = directory;
            link = new BusLink(vertx, id, membership);
            router = new Router(
                    directory, link, LIMITS, RING_SECONDS, 0, InstantSource.system(), new CountedFacts(), Traces.OFF);
        }

        @Override
        public Future<?> start() {
            return router.open().onSuccess(opened -> vertx.setPeriodic(TICK_MILLIS, timer -> router.tick()));
        }

        @Override
        public NodeId id() {
            return link.self();
        }

        @Override
        public Router router() {
            return router;
        }

        @Override
        public void run(Runnable action) {
            context.runOnContext(v -> action.run());
        }

        Directory directory() {
            return directory;
        }

        Context home() {
            return context;
        }
    }

    private final Processes processes;
    private final List<Node> nodes = new ArrayList<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private int entered;

    private VertxCluster(Processes processes) {
        this.processes = processes;
        processes.running().forEach(this::start);
        // Turn by turn, so that two neighbours are on different processes where there are several.
        nodes.sort(Comparator.comparingInt(node -> node.id().instance()));
        until("all nodes to know each other", () -> nodes.stream().allMatch(this::knowsAllOthers));
        // While members share out the directory, what is asked may be answered too late: a client would be told to
        // try again.
        until("the directory to be shared out", processes::isSharedOut);
    }

    /** The instances of one process. */
    static VertxCluster local(int instances) {
        return new VertxCluster(Processes.alone(instances));
    }

    /** The instances of processes in a Hazelcast cluster. */
    static VertxCluster clustered(int count, int instances) {
        return new VertxCluster(Processes.clustered(count, instances));
    }

    private void start(Processes.OneProcess process) {
        Vertx vertx = process.vertx();
        if (process.manager().isPresent()) {
            new Sweeper(process.membership(), await(MapDirectory.open(vertx)), 0).open();
        }
        for (NodeId id : process.self().nodes()) {
            Node node = new Node(vertx, id, process.membership(), await(MapDirectory.open(vertx)));
            await(vertx.deployVerticle(node));
            nodes.add(node);
        }
    }

    private boolean knowsAllOthers(Node node) {
        return await(call(node, () -> Future.succeededFuture(node.link.others().size()))) == nodes.size() - 1;
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public Client enter(int node, Optional<Name> user) {
        Node home = nodes.get(node % nodes.size());
        return await(Client.enter(home, new PeerId("p" + ++entered + "@" + home.id()), user, complaints::add));
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
    public Directory.Contents directory() {
        return await(call(nodes.get(0), nodes.get(0).directory()::contents));
    }

    @Override
    public <T> Future<T> call(TestNode node, Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        node.run(() -> action.get().onComplete(promise));
        return promise.future();
    }

    @Override
    public void kill() {
        Processes.OneProcess dead = processes.kill();
        nodes.removeIf(node -> dead.self().nodes().contains(node.id()));
    }

    @Override
    public Runnable freeze(TestNode node) {
        CountDownLatch frozen = new CountDownLatch(1);
        CountDownLatch thawed = new CountDownLatch(1);
        node.run(() -> {
            frozen.countDown();
            Processes.await(thawed, "the frozen node to be thawed");
        });
        Processes.await(frozen, "the node to freeze");
        return thawed::countDown;
    }

    @Override
    public List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() {
        processes.close();
    }
}
