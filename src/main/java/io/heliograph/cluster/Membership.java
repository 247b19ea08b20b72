package io.heliograph.cluster;

import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.NodeListener;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which processes are in the cluster, and so which nodes there are. The cluster manager's word is taken at every event and
 * compared every second, since events are lost when partitions merge.
 */
public final class Membership implements NodeListener {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final int COMPARE_MILLIS = 1_000;

    /** Is told who comes and goes, on its own context, each node's coming before its going. */
    interface Watcher {
        /** The newest version of the link that the node speaks is {@code version}. */
        void up(NodeId node, int version);

        void down(NodeId node);
    }

    /**
     * A server process, as it describes itself to the others.
     *
     * @param id unique in the cluster and over time
     * @param instances how many nodes it runs
     * @param address where its cluster manager listens, {@code host:port}
     * @param link the newest version of the link between nodes that it speaks
     */
    public record ServerProcess(String id, int instances, String address, int link) {

        public ServerProcess {
            if (id.isEmpty() || instances < 1 || instances > Settings.INSTANCES_MAX) {
                throw new IllegalArgumentException("process: " + id + " of " + instances
                        + " instances (expected: an id, 1 to " + Settings.INSTANCES_MAX + " instances)");
            }
        }

        /** One that speaks the link as this one does. */
        public ServerProcess(String id, int instances, String address) {
            this(id, instances, address, LinkCodec.VERSION);
        }

        /** For the cluster manager's use. */
        JsonObject toMetadata() {
            return new JsonObject()
                    .put("process", id)
                    .put("instances", instances)
                    .put("address", address)
                    .put("link", link);
        }

        /** Reads what another process wrote, or fails with an {@link IllegalArgumentException}. */
        static ServerProcess of(JsonObject metadata) {
            return new ServerProcess(
                    read(metadata, "process", String.class),
                    read(metadata, "instances", Integer.class),
                    read(metadata, "address", String.class),
                    metadata.containsKey("link") ? read(metadata, "link", Integer.class) : LinkCodec.OLDEST_VERSION);
        }

        private static <T> T read(JsonObject metadata, String field, Class<T> type) {
            Object value = metadata.getValue(field);
            if (!type.isInstance(value)) {
                throw new IllegalArgumentException(
                        "process: " + field + ": missing or of another kind (expected: " + type.getSimpleName() + ")");
            }
            return type.cast(value);
        }

        /** The nodes that it runs. */
        public List<NodeId> nodes() {
            List<NodeId> nodes = new ArrayList<>();
            for (int instance = 0; instance < instances; instance++) {
                nodes.add(new NodeId(id, instance));
            }
            return nodes;
        }
    }

    private record Watching(Context context, Watcher watcher) {
        void up(ServerProcess process) {
            context.runOnContext(v -> process.nodes().forEach(node -> watcher.up(node, process.link())));
        }

        void down(ServerProcess process) {
            context.runOnContext(v -> process.nodes().forEach(watcher::down));
        }
    }

    // Set once.
    private final Vertx vertx;
    private final Context context;
    private final ServerProcess self;
    private final Optional<ClusterManager> manager;

    // Owned by the context made for it.
    private final Map<String, ServerProcess> others = new HashMap<>();
    private final List<Watching> watchings = new ArrayList<>();
    private final List<Runnable> departures = new ArrayList<>();
    private final List<Consumer<ServerProcess>> arrivals = new ArrayList<>();
    private final Set<String> strangers = new HashSet<>();
    private final Set<String> misunderstood = new HashSet<>();

    // Shared: any thread.
    private volatile Set<ServerProcess> current;
    private volatile boolean closed;

    /** {@code manager} is empty where this process is the whole cluster. */
    public Membership(Vertx vertx, ServerProcess self, Optional<ClusterManager> manager) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.self = self;
        this.manager = manager;
        this.current = Set.of(self);
    }

    /** Begins to follow the cluster; completes when the members of this moment are known. */
    public Future<Void> open() {
        if (manager.isEmpty()) {
            return Future.succeededFuture();
        }
        manager.get().nodeListener(this);
        Promise<Void> opened = Promise.promise();
        context.runOnContext(v -> {
            vertx.setPeriodic(COMPARE_MILLIS, timer -> compare());
            compare().onComplete(opened);
        });
        return opened.future();
    }

    /** All processes in the cluster, this one included. From any thread. */
    public Set<ServerProcess> processes() {
        return current;
    }

    @Override
    public void nodeAdded(String id) {
        context.runOnContext(v -> compare());
    }

    @Override
    public void nodeLeft(String id) {
        context.runOnContext(v -> {
            remove(id);
            compare();
        });
    }

    /** Looks no more at the cluster, which this process is about to leave. From any thread. */
    public void close() {
        closed = true;
    }

    /** Whether this process is about to leave. From any thread. */
    boolean isClosed() {
        return closed;
    }

    /** Tells {@code watcher} of all nodes that are there, then of every change. */
    void watch(Context watcherContext, Watcher watcher) {
        context.runOnContext(v -> {
            Watching watching = new Watching(watcherContext, watcher);
            watchings.add(watching);
            watching.up(self);
            others.values().forEach(watching::up);
        });
    }

    /** Runs {@code action} on this object's context: now, after each departure, and every {@code millis}. */
    void nowAfterDeparturesAndEvery(int millis, Runnable action) {
        context.runOnContext(v -> {
            Runnable unlessClosed = () -> {
                if (!closed) {
                    action.run();
                }
            };
            departures.add(unlessClosed);
            vertx.setPeriodic(millis, timer -> unlessClosed.run());
            unlessClosed.run();
        });
    }

    /** Runs {@code action} on this object's context for each process that comes from now on. */
    void whenJoined(Consumer<ServerProcess> action) {
        context.runOnContext(v -> arrivals.add(action));
    }

    /** Runs {@code action} on this object's context, unless this process is about to leave by then. */
    void after(long millis, Runnable action) {
        vertx.setTimer(millis, timer -> {
            if (!closed) {
                action.run();
            }
        });
    }

    /** Whether the cluster still knows that this process consumes {@code address}. */
    Future<Boolean> isRegistered(String address) {
        if (manager.isEmpty()) {
            return Future.succeededFuture(true);
        }
        Promise<List<RegistrationInfo>> registrations = Promise.promise();
        manager.get().getRegistrations(address, registrations);
        String id = manager.get().getNodeId();
        return registrations
                .future()
                .map(infos -> infos.stream().anyMatch(info -> info.nodeId().equals(id)));
    }

    /** Whether this process is the one that has been in the cluster longest, and knows all others. */
    Future<Boolean> isOldest() {
        if (manager.isEmpty() || closed) {
            return Future.succeededFuture(!closed);
        }
        ClusterManager clusterManager = manager.get();
        return compare()
                .compose(compared -> members()
                        .map(ids -> strangers.isEmpty()
                                && !ids.isEmpty()
                                && ids.get(0).equals(clusterManager.getNodeId())));
    }

    private Future<Void> compare() {
        if (closed) {
            return Future.succeededFuture();
        }
        return members()
                .compose(ids -> {
                    new ArrayList<>(others.keySet())
                            .stream().filter(id -> !ids.contains(id)).forEach(this::remove);
                    List<Future<?>> introductions = new ArrayList<>();
                    strangers.clear();
                    for (String id : ids) {
                        if (!others.containsKey(id)
                                && !id.equals(
                                        manager.map(ClusterManager::getNodeId).orElse(""))) {
                            strangers.add(id);
                            introductions.add(introduce(id));
                        }
                    }
                    return Future.join(introductions).otherwiseEmpty();
                })
                .mapEmpty();
    }

    private Future<List<String>> members() {
        return manager.map(clusterManager -> vertx.executeBlocking(clusterManager::getNodes, false))
                .orElseGet(() -> Future.succeededFuture(List.of()));
    }

    private Future<NodeInfo> introduce(String id) {
        Promise<NodeInfo> asked = Promise.promise();
        manager.ifPresent(clusterManager -> clusterManager.getNodeInfo(id, asked));
        return asked.future().onSuccess(info -> {
            JsonObject metadata = info.metadata();
            if (metadata != null && metadata.containsKey("process")) {
                meet(id, metadata);
            }
        });
    }

    private void meet(String id, JsonObject metadata) {
        ServerProcess process;
        try {
            process = ServerProcess.of(metadata);
        } catch (IllegalArgumentException refused) {
            // It stays a stranger, so that nothing is swept that may be its own.
            if (misunderstood.add(id)) {
                LOG.warn("process not understood member={} cause={}", id, refused.getMessage());
            }
            return;
        }
        if (strangers.remove(id)) {
            add(id, process);
        }
    }

    private void add(String id, ServerProcess process) {
        others.put(id, process);
        publish();
        LOG.info(
                "process joined process={} instances={} address={} processes={}",
                process.id(),
                process.instances(),
                process.address(),
                others.size() + 1);
        arrivals.forEach(arrival -> arrival.accept(process));
        watchings.forEach(watching -> watching.up(process));
    }

    private void remove(String id) {
        ServerProcess process = others.remove(id);
        if (process != null) {
            publish();
            LOG.info(
                    "process gone process={} address={} processes={}",
                    process.id(),
                    process.address(),
                    others.size() + 1);
            if (others.isEmpty()) {
                LOG.warn("alone in the cluster: goes on serving, and joins the others when it can");
            }
            watchings.forEach(watching -> watching.down(process));
            departures.forEach(Runnable::run);
        }
    }

    private void publish() {
        Set<ServerProcess> processes = new HashSet<>(others.values());
        processes.add(self);
        current = Set.copyOf(processes);
    }
}
