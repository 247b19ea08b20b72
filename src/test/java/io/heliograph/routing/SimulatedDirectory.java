package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** One directory for many nodes: an operation takes effect at some instant between its request and its answer. */
final class SimulatedDirectory {
    private static final long FAILURE_TAKES_MICROS = 2 * Simulation.SECOND;

    private final Map<PeerId, SessionRecord> sessions = new TreeMap<>();
    private final Map<Group, GroupEntry> groups = new TreeMap<>();
    private final Simulation simulation;
    private Weather weather = Weather.CALM;

    SimulatedDirectory(Simulation simulation) {
        this.simulation = simulation;
    }

    void weather(Weather next) {
        weather = next;
    }

    Directory.Contents now() {
        return new Directory.Contents(new TreeMap<>(sessions), new TreeMap<>(groups));
    }

    /** Removes what nodes other than {@code present} have left, as the oldest process does. */
    void sweep(Set<NodeId> present) {
        sessions.values().removeIf(session -> !present.contains(session.node()));
        for (Group group : Set.copyOf(groups.keySet())) {
            Optional<GroupEntry> kept = Optional.ofNullable(groups.get(group));
            for (NodeId node :
                    kept.map(entry -> Set.copyOf(entry.seats().keySet())).orElse(Set.of())) {
                kept = present.contains(node) ? kept : kept.flatMap(entry -> entry.without(node));
            }
            kept.ifPresentOrElse(entry -> groups.put(group, entry), () -> groups.remove(group));
        }
    }

    /** Takes in what another part of the cluster had: the later claim stands, and what was removed here comes back. */
    void merge(Directory.Contents other) {
        other.sessions()
                .forEach((peer, record) ->
                        sessions.merge(peer, record, (here, there) -> there.epoch() > here.epoch() ? there : here));
        other.groups().forEach(groups::putIfAbsent);
    }

    /** The directory as {@code host} reaches it. */
    Directory from(SimulatedHost host) {
        return new View(host);
    }

    private final class View implements Directory {
        private final SimulatedHost host;

        View(SimulatedHost host) {
            this.host = host;
        }

        @Override
        public Future<Optional<SessionRecord>> findSession(PeerId peer) {
            return operate(() -> Optional.ofNullable(sessions.get(peer)));
        }

        @Override
        public Future<Boolean> replaceSession(
                PeerId peer, Optional<SessionRecord> expected, Optional<SessionRecord> next) {
            return operate(() -> replace(sessions, peer, expected, next));
        }

        @Override
        public Future<Map<PeerId, SessionRecord>> sessionsOn(NodeId node) {
            return operate(() -> {
                Map<PeerId, SessionRecord> there = new TreeMap<>(sessions);
                there.values().removeIf(session -> !session.node().equals(node));
                return there;
            });
        }

        @Override
        public Future<Optional<GroupEntry>> findGroup(Group group) {
            return operate(() -> Optional.ofNullable(groups.get(group)));
        }

        @Override
        public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
            return operate(() -> replace(groups, group, expected, next));
        }

        private static <K, V> boolean replace(Map<K, V> map, K key, Optional<V> expected, Optional<V> next) {
            if (!Optional.ofNullable(map.get(key)).equals(expected)) {
                return false;
            }
            next.ifPresentOrElse(value -> map.put(key, value), () -> map.remove(key));
            return true;
        }

        @Override
        public Future<Contents> contents() {
            return operate(SimulatedDirectory.this::now);
        }

        private <T> Future<T> operate(Supplier<T> effect) {
            Promise<T> promise = Promise.promise();
            boolean fails = simulation.chance(weather.directoryFailure());
            boolean takesEffect = !fails || simulation.chance(0.5);
            if (fails) {
                simulation.after(
                        FAILURE_TAKES_MICROS,
                        () -> host.run(() -> promise.tryFail("directory: no answer (simulated)")));
            }
            if (takesEffect) {
                simulation.after(weather.delay(simulation), () -> {
                    T result = effect.get();
                    if (!fails) {
                        simulation.after(weather.delay(simulation), () -> host.run(() -> promise.tryComplete(result)));
                    }
                });
            }
            return promise.future();
        }
    }
}
