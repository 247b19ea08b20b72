package io.heliograph.cluster;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.NodeId;
import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeLink;
import io.heliograph.routing.NodeRequest;
import io.heliograph.routing.Unreachable;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link over the event bus: one address for each node, consumed on that node's context. The bus by itself is best effort,
 * unbounded and silent; numbers, bounds and time-outs are added here and in {@link Lane}.
 */
public final class BusLink implements NodeLink, Membership.Watcher {
    private static final Logger LOG = LoggerFactory.getLogger(BusLink.class);
    private static final DeliveryOptions DELIVERY = new DeliveryOptions().setCodecName(LinkCodec.NAME);
    private static final int TICK_MILLIS = 250;
    private static final int TICKS_PER_CHECK = 20;

    // Set once.
    private final Vertx vertx;
    private final NodeId self;
    private final Membership membership;

    // Owned by the node's context.
    private final Map<NodeId, Lane> lanes = new HashMap<>();
    private @Nullable Inbound inbound;
    private @Nullable MessageConsumer<LinkBatch> consumer;
    private Future<Void> check = Future.succeededFuture();
    private long ticks;
    private long lastEpoch;

    public BusLink(Vertx vertx, NodeId self, Membership membership) {
        this.vertx = vertx;
        this.self = self;
        this.membership = membership;
    }

    /** Makes links possible on this bus; called once for each. */
    public static void prepare(Vertx vertx) {
        vertx.eventBus().registerCodec(new LinkCodec());
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Set<NodeId> others() {
        return lanes.entrySet().stream()
                .filter(lane -> lane.getValue().isUp())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public Future<NodeAnswer> ask(NodeId to, NodeRequest request) {
        Lane lane = lanes.get(to);
        return lane == null || !lane.isUp()
                ? Future.failedFuture(new Unreachable(to, DropReason.NODE_LOST))
                : lane.ask(request);
    }

    @Override
    public Future<Void> open(Inbound receiver) {
        inbound = receiver;
        Context context = vertx.getOrCreateContext();
        return register().onSuccess(registered -> {
            membership.watch(context, this);
            vertx.setPeriodic(TICK_MILLIS, timer -> tick());
        });
    }

    @Override
    public void up(NodeId node, int version) {
        if (!node.equals(self) && inbound != null) {
            lastEpoch = Math.max(lastEpoch + 1, System.currentTimeMillis());
            Context context = vertx.getOrCreateContext();
            Lane lane = new Lane(
                    node,
                    Math.min(version, LinkCodec.VERSION),
                    inbound,
                    batch -> send(node, batch),
                    self,
                    task -> context.runOnContext(later -> task.run()),
                    lastEpoch);
            lanes.put(node, lane);
            lane.hail();
        }
    }

    @Override
    public void down(NodeId node) {
        Lane lane = lanes.remove(node);
        if (lane != null) {
            lane.close();
        }
    }

    private Future<Void> register() {
        consumer = vertx.eventBus().consumer(address(self), this::receive);
        return consumer.completion();
    }

    private void receive(Message<LinkBatch> message) {
        Lane lane = lanes.get(message.body().from());
        if (lane != null) {
            lane.receive(message.body());
        } else {
            LOG.debug(
                    "batch from unknown node ignored node={} from={}",
                    self,
                    message.body().from());
        }
    }

    private Future<Void> send(NodeId to, LinkBatch batch) {
        try {
            return vertx.eventBus().<LinkBatch>sender(address(to), DELIVERY).write(batch);
        } catch (IllegalStateException closing) {
            // Thrown by Vert.x where the connection to the other process is just being closed.
            return Future.failedFuture(closing);
        }
    }

    private void tick() {
        long now = System.nanoTime();
        lanes.values().forEach(lane -> lane.tick(now));
        ticks++;
        if (ticks % TICKS_PER_CHECK == 0 && check.isComplete()) {
            check = membership.isRegistered(address(self)).compose(registered -> {
                if (registered || consumer == null) {
                    return Future.succeededFuture();
                }
                LOG.warn("registration on the event bus was lost, registering again node={}", self);
                return consumer.unregister().eventually(this::register);
            });
        }
    }

    private static String address(NodeId node) {
        return "node." + node;
    }
}
