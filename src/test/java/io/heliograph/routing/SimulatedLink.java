package io.heliograph.routing;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The link of one node in a simulated network. What one node says to another arrives in the order sent, late or not at all.
 */
final class SimulatedLink implements NodeLink {
    private static final long ANSWER_WITHIN_MICROS = 2 * Simulation.SECOND;

    /** All links of a simulation. */
    static final class Network {
        private final Map<NodeId, SimulatedLink> links = new TreeMap<>();
        private final Set<Set<NodeId>> cuts = new HashSet<>();
        private final Simulation simulation;
        private final Consumer<String> complaints;
        private Weather weather = Weather.CALM;

        Network(Simulation simulation, Consumer<String> complaints) {
            this.simulation = simulation;
            this.complaints = complaints;
        }

        void weather(Weather next) {
            weather = next;
        }

        void cut(NodeId one, NodeId other) {
            cuts.add(Set.of(one, other));
        }

        void heal(NodeId one, NodeId other) {
            cuts.remove(Set.of(one, other));
        }

        private boolean passes(NodeId from, NodeId to) {
            return !cuts.contains(Set.of(from, to)) && !simulation.chance(weather.lost());
        }
    }

    /** What goes on between this node and one other. */
    private static final class Lane {
        final Map<Long, Promise<NodeAnswer>> unanswered = new LinkedHashMap<>();
        final Map<Long, NodeRequest.Lasting> lasting = new LinkedHashMap<>();
        final long epoch;
        boolean up;
        long arrivesMicros;
        long heardEpoch;

        Lane(long epoch) {
            this.epoch = epoch;
        }
    }

    // Set once.
    private final Network network;
    private final NodeId self;
    private final SimulatedHost host;

    private final Map<NodeId, Lane> lanes = new TreeMap<>();
    private @Nullable Inbound inbound;
    private long epochs;
    private long requests;

    SimulatedLink(Network network, NodeId self, SimulatedHost host) {
        this.network = network;
        this.self = self;
        this.host = host;
        network.links.put(self, this);
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Set<NodeId> others() {
        Set<NodeId> up = new TreeSet<>();
        lanes.forEach((node, lane) -> {
            if (lane.up) {
                up.add(node);
            }
        });
        return up;
    }

    @Override
    public Future<Void> open(Inbound receiver) {
        inbound = receiver;
        return Future.succeededFuture();
    }

    @Override
    public Future<NodeAnswer> ask(NodeId to, NodeRequest request) {
        Lane lane = lanes.get(to);
        if (lane == null || !lane.up) {
            return Future.failedFuture(new Unreachable(to, DropReason.NODE_LOST));
        }
        long id = ++requests;
        Promise<NodeAnswer> promise = Promise.promise();
        lane.unanswered.put(id, promise);
        network.simulation.after(
                ANSWER_WITHIN_MICROS,
                () -> host.run(() -> {
                    if (lane.unanswered.containsKey(id) && request instanceof NodeRequest.Lasting kept) {
                        lane.lasting.put(id, kept);
                    }
                    giveUp(lane, to, id);
                }));
        say(lane, to, other -> other.hearRequest(self, lane.epoch, id, request));
        return promise.future();
    }

    /** The cluster says that {@code node} is there. */
    void nodeAppears(NodeId node) {
        if (!node.equals(self) && !lanes.containsKey(node)) {
            Lane lane = new Lane(++epochs);
            lanes.put(node, lane);
            hail(lane, node);
        }
    }

    /** The cluster says that {@code node} is gone. */
    void nodeVanishes(NodeId node) {
        Lane lane = lanes.remove(node);
        if (lane != null) {
            List.copyOf(lane.unanswered.keySet()).forEach(id -> giveUp(lane, node, id));
            if (lane.up && inbound != null) {
                inbound.nodeDown(node);
            }
        }
    }

    /** Asks once a second whether the other hears. */
    private void hail(Lane lane, NodeId node) {
        if (lanes.get(node) == lane && !lane.up) {
            say(lane, node, other -> other.hearHail(self, lane.epoch));
            network.simulation.after(Simulation.SECOND, () -> host.run(() -> hail(lane, node)));
        }
    }

    private void hearHail(NodeId from, long epoch) {
        Lane lane = lanes.get(from);
        if (lane != null && isNew(from, lane, epoch)) {
            say(lane, from, other -> other.hearEcho(self, lane.epoch));
        }
    }

    private void hearEcho(NodeId from, long epoch) {
        Lane lane = lanes.get(from);
        if (lane != null && isNew(from, lane, epoch)) {
            comeUp(from, lane);
        }
    }

    private void hearRequest(NodeId from, long epoch, long id, NodeRequest request) {
        Lane lane = lanes.get(from);
        if (lane == null || inbound == null || !isNew(from, lane, epoch)) {
            return;
        }
        comeUp(from, lane);
        answer(inbound, from, request).onComplete(done -> {
            if (lanes.get(from) != lane) {
                return;
            }
            if (done.succeeded()) {
                say(lane, from, other -> other.hearAnswer(self, lane.epoch, id, done.result()));
            } else {
                network.complaints.accept("request failed: " + request + ": " + done.cause());
                say(lane, from, other -> other.hearFailure(self, lane.epoch, id));
            }
        });
    }

    private static Future<NodeAnswer> answer(Inbound inbound, NodeId from, NodeRequest request) {
        try {
            return inbound.answer(from, request);
        } catch (RuntimeException defect) {
            return Future.failedFuture(defect);
        }
    }

    private void hearFailure(NodeId from, long epoch, long id) {
        Lane lane = lanes.get(from);
        if (lane != null && isNew(from, lane, epoch)) {
            giveUp(lane, from, id);
        }
    }

    private void hearAnswer(NodeId from, long epoch, long id, NodeAnswer answer) {
        Lane lane = lanes.get(from);
        if (lane != null && isNew(from, lane, epoch)) {
            NodeRequest.Lasting late = lane.lasting.remove(id);
            if (late != null && inbound != null) {
                inbound.late(from, late, answer);
            }
            Promise<NodeAnswer> promise = lane.unanswered.remove(id);
            if (promise != null) {
                promise.complete(answer);
            }
        }
    }

    private boolean isNew(NodeId from, Lane lane, long epoch) {
        if (epoch < lane.heardEpoch) {
            return false;
        }
        boolean forgotten = lane.heardEpoch != 0 && epoch > lane.heardEpoch;
        lane.heardEpoch = epoch;
        if (forgotten && lane.up && inbound != null) {
            inbound.nodeUp(from);
        }
        return true;
    }

    private void comeUp(NodeId node, Lane lane) {
        if (!lane.up && inbound != null) {
            lane.up = true;
            inbound.nodeUp(node);
        }
    }

    private static void giveUp(Lane lane, NodeId to, long id) {
        Promise<NodeAnswer> promise = lane.unanswered.remove(id);
        if (promise != null) {
            promise.fail(new Unreachable(to, DropReason.NODE_LOST));
        }
    }

    private void say(Lane lane, NodeId to, Consumer<SimulatedLink> word) {
        if (!network.passes(self, to)) {
            return;
        }
        Simulation simulation = network.simulation;
        lane.arrivesMicros = Math.max(lane.arrivesMicros, simulation.nowMicros() + network.weather.delay(simulation));
        simulation.at(lane.arrivesMicros, () -> {
            SimulatedLink other = network.links.get(to);
            if (other != null) {
                other.host.run(() -> word.accept(other));
            }
        });
    }
}
