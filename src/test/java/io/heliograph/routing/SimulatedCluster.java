package io.heliograph.routing;

import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Nodes in virtual time, with a network, a directory and a cluster membership between them that may fail them. */
final class SimulatedCluster implements TestCluster {
    static final int RING_SECONDS = 45;
    static final Limits LIMITS = new Limits(
            65_536,
            200,
            1_048_576,
            64,
            250,
            4_194_304,
            new Limits.Intake(10_000, 0, 0, 1_000),
            new Limits.Absence(10_000, 67_108_864));

    private static final long PATIENCE_MICROS = 60 * Simulation.SECOND;

    /** One node with what it stands on. */
    static final class Node implements TestNode {
        final SimulatedHost host = new SimulatedHost();
        final CountedFacts facts = new CountedFacts();
        final RecordedTraces traces = new RecordedTraces();
        final SimulatedLink link;
        final Router router;

        private Node(
                NodeId id,
                SimulatedLink.Network network,
                SimulatedDirectory directory,
                int windowSeconds,
                InstantSource clock) {
            link = new SimulatedLink(network, id, host);
            router = new Router(directory.from(host), link, LIMITS, RING_SECONDS, windowSeconds, clock, facts, traces);
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
            host.run(action);
        }
    }

    private final Simulation simulation;
    private final SimulatedDirectory directory;
    private final SimulatedLink.Network network;
    private final List<String> complaints = new ArrayList<>();
    private final Map<NodeId, Node> nodes = new LinkedHashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private final int windowSeconds;
    private int entered;

    /** A session ends with its connection. */
    SimulatedCluster(Simulation simulation, int size) {
        this(simulation, size, 0);
    }

    SimulatedCluster(Simulation simulation, int size, int windowSeconds) {
        this.simulation = simulation;
        this.windowSeconds = windowSeconds;
        directory = new SimulatedDirectory(simulation);
        network = new SimulatedLink.Network(simulation, complaints::add);
        for (int i = 0; i < size; i++) {
            Node node = new Node(new NodeId("node" + i, 0), network, directory, windowSeconds, simulation);
            nodes.put(node.id(), node);
            node.router.open();
        }
        nodes.values().forEach(node -> nodes.keySet().forEach(node.link::nodeAppears));
        simulation.run();
    }

    Simulation simulation() {
        return simulation;
    }

    void weather(Weather weather) {
        network.weather(weather);
        directory.weather(weather);
    }

    /** All clients whose node lives. */
    List<Client> clients() {
        return clients;
    }

    @Override
    public List<Node> nodes() {
        return List.copyOf(nodes.values());
    }

    @Override
    public Client enter(int node, Optional<Name> user) {
        return await(enterSoon(node, user));
    }

    Future<Client> enterSoon(int node, Optional<Name> user) {
        Node home = nodes().get(node % nodes.size());
        PeerId id = new PeerId("p" + ++entered + "@" + home.id().process());
        return Client.enter(home, id, user, complaints::add).onSuccess(clients::add);
    }

    /** Once a second for so many seconds, every node looks after itself. */
    void tick(int seconds) {
        for (Node node : nodes.values()) {
            long phase = simulation.between(0, Simulation.SECOND);
            for (int i = 0; i < seconds; i++) {
                simulation.after(phase + i * Simulation.SECOND, () -> node.run(node.router::tick));
            }
        }
    }

    /** The node dies without a word; the others notice a little later, each at its time. Answers who may come back. */
    List<Client> kill(Node dying) {
        dying.host.kill();
        nodes.remove(dying.id());
        List<Client> orphans =
                clients.stream().filter(client -> client.dependsOn(dying)).toList();
        orphans.forEach(Client::loseWithNode);
        clients.removeIf(client -> orphans.contains(client) && (windowSeconds == 0 || client.isLeaving()));
        for (Node other : nodes.values()) {
            long noticed = simulation.between(100 * Simulation.MILLI, Simulation.SECOND);
            simulation.after(noticed, () -> other.run(() -> other.link.nodeVanishes(dying.id())));
        }
        simulation.after(2 * Simulation.SECOND, this::sweep);
        return windowSeconds == 0 ? List.of() : orphans;
    }

    /** Clears the directory of all nodes that are not among the living, as the oldest process does when their window is over. */
    void sweep() {
        simulation.after(windowSeconds * Simulation.SECOND, () -> directory.sweep(nodes.keySet()));
    }

    /** Stands still so long that the others give it up, before it comes back as the node it was. */
    void freezeTooLong(Node frozen) {
        frozen.host.freeze();
        simulation.after(8 * Simulation.SECOND, frozen.host::thaw);
        for (Node other : rest(frozen)) {
            separate(other, frozen);
            long noticed = simulation.between(8_000, 10_000) * Simulation.MILLI;
            simulation.after(noticed, () -> frozen.run(() -> frozen.link.nodeVanishes(other.id())));
            simulation.after(noticed + Simulation.SECOND, () -> frozen.run(() -> frozen.link.nodeAppears(other.id())));
        }
        sweepWithout(frozen);
        mergeLater();
    }

    /** No other node hears this one, or is heard by it, for so long that they give each other up before they meet again. */
    void isolate(Node alone) {
        for (Node other : rest(alone)) {
            cut(alone.id(), other.id(), 8 * Simulation.SECOND);
            separate(alone, other);
            separate(other, alone);
        }
        sweepWithout(alone);
        mergeLater();
    }

    /** Another part had these. */
    void merge(Directory.Contents other) {
        directory.merge(other);
    }

    /** The part that was alone has its copy of what there was. */
    private void mergeLater() {
        Directory.Contents copy = directory.now();
        simulation.after(simulation.between(9_000, 14_000) * Simulation.MILLI, () -> directory.merge(copy));
    }

    /** Nothing passes between two nodes for a while. */
    void cut(NodeId one, NodeId other, long micros) {
        network.cut(one, other);
        simulation.after(micros, () -> network.heal(one, other));
    }

    private List<Node> rest(Node node) {
        return nodes.values().stream().filter(other -> other != node).toList();
    }

    private void separate(Node one, Node other) {
        simulation.after(
                simulation.between(5_000, 5_500) * Simulation.MILLI,
                () -> one.run(() -> one.link.nodeVanishes(other.id())));
        simulation.after(
                simulation.between(9_000, 12_000) * Simulation.MILLI,
                () -> one.run(() -> one.link.nodeAppears(other.id())));
    }

    private void sweepWithout(Node absent) {
        Set<NodeId> present = new TreeSet<>(nodes.keySet());
        present.remove(absent.id());
        if (windowSeconds == 0) {
            simulation.after(7 * Simulation.SECOND, () -> directory.sweep(present));
        }
    }

    @Override
    public <T> T await(Future<T> future) {
        until("an answer", future::isComplete);
        if (future.failed()) {
            throw future.cause() instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException(future.cause());
        }
        return future.result();
    }

    @Override
    public void until(String what, BooleanSupplier condition) {
        long deadline = simulation.nowMicros() + PATIENCE_MICROS;
        while (!condition.getAsBoolean()) {
            if (simulation.nowMicros() >= deadline) {
                throw new AssertionError("waited in vain for " + what);
            }
            tick(1);
            long second = simulation.nowMicros() + Simulation.SECOND;
            simulation.at(second, () -> {});
            simulation.runUntil(condition, second);
        }
    }

    @Override
    public Directory.Contents directory() {
        return directory.now();
    }

    @Override
    public <T> Future<T> call(TestNode node, Supplier<Future<T>> action) {
        Promise<T> promise = Promise.promise();
        node.run(() -> action.get().onComplete(promise));
        return promise.future();
    }

    @Override
    public void kill() {
        kill(nodes().get(nodes.size() - 1));
    }

    @Override
    public Runnable freeze(TestNode node) {
        SimulatedHost host = ((Node) node).host;
        host.freeze();
        return host::thaw;
    }

    @Override
    public List<String> complaints() {
        return complaints;
    }

    @Override
    public void close() {}
}
