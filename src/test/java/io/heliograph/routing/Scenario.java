package io.heliograph.routing;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Many clients do this and that at random, in one weather, until all have gone home. */
final class Scenario {
    private static final Set<ErrorCode> EXPECTED_WHEN_CALM =
            Set.of(ErrorCode.ROOM_FULL, ErrorCode.ALREADY_JOINED, ErrorCode.NOT_A_MEMBER, ErrorCode.PEER_UNREACHABLE);
    private static final int STEPS = 150;
    private static final int RECOVERY_SECONDS = 140;

    /** What happens besides what the clients do. */
    enum Trouble {
        NONE,
        DEATH,
        /** Two nodes do not hear each other, but not so long that anybody notices. */
        CUT,
        /** One node stands still, is given up and comes back. */
        FREEZE,
        /** One node hears nobody and is not heard, is given up and comes back. */
        ISOLATION
    }

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final Promises promises;
    private final boolean strict;
    private final boolean repairs;
    private final long pace;
    private final List<Name> rooms = new ArrayList<>();
    private int nodesToLose;

    private Scenario(long seed, Weather weather, Trouble trouble) {
        simulation = new Simulation(seed);
        cluster = new SimulatedCluster(simulation, (int) simulation.between(trouble == Trouble.NONE ? 1 : 2, 5));
        promises = new Promises(cluster);
        boolean undisturbed = Set.of(Weather.CALM, Weather.UNEVEN).contains(weather);
        strict = undisturbed && Set.of(Trouble.NONE, Trouble.DEATH).contains(trouble);
        repairs = !undisturbed || trouble != Trouble.NONE;
        pace = simulation.chance(0.5) ? 2 * Simulation.MILLI : 20 * Simulation.MILLI;
        for (int i = 0; i < simulation.between(1, 4); i++) {
            rooms.add(new Name("room" + i));
        }
        cluster.weather(weather);
    }

    /** Plays one scenario through; what went wrong, with the seed. */
    static List<String> play(long seed, Weather weather, Trouble trouble) {
        Scenario scenario = new Scenario(seed, weather, trouble);
        try {
            scenario.play(trouble);
        } catch (RuntimeException | AssertionError failure) {
            scenario.complain("failed: " + failure + " at " + List.of(failure.getStackTrace()));
        }
        return scenario.cluster.complaints().stream()
                .map(complaint -> "seed " + seed + " " + weather + " " + trouble + ": " + complaint)
                .toList();
    }

    private void play(Trouble trouble) {
        for (int i = 0; i < simulation.between(2, 16); i++) {
            enter();
        }
        simulation.run();
        nodesToLose = trouble == Trouble.DEATH ? cluster.nodes().size() - 1 : 0;
        long at = 0;
        for (int i = 0; i < STEPS; i++) {
            at += simulation.between(0, pace);
            simulation.after(at, this::anything);
        }
        if (!Set.of(Trouble.NONE, Trouble.DEATH).contains(trouble)) {
            simulation.after(simulation.between(0, at), () -> disturb(trouble));
            for (int i = 0; i < STEPS; i++) {
                simulation.after(simulation.between(0, 15 * Simulation.SECOND), this::anything);
            }
        }
        if (repairs) {
            cluster.tick(20);
        }
        simulation.run();
        recover();
        check();
        for (Client client : List.copyOf(cluster.clients())) {
            simulation.after(simulation.between(0, 10 * pace), () -> exit(client));
        }
        simulation.run();
        recover();
        check();
        cluster.nodes().forEach(node -> {
            if (node.facts.openRooms() != 0) {
                complain(node.facts.openRooms() + " rooms left open on " + node.id());
            }
        });
    }

    private void disturb(Trouble trouble) {
        SimulatedCluster.Node one = any(cluster.nodes());
        if (trouble == Trouble.FREEZE) {
            cluster.freezeTooLong(one);
        } else if (trouble == Trouble.ISOLATION) {
            cluster.isolate(one);
        } else {
            SimulatedCluster.Node other = any(cluster.nodes());
            if (other != one) {
                long duration = simulation.between(Simulation.MILLI, 5 * Simulation.SECOND);
                cluster.cut(one.id(), other.id(), duration);
            }
        }
    }

    private void anything() {
        if (nodesToLose > 0 && simulation.chance(0.02)) {
            nodesToLose--;
            cluster.kill(any(cluster.nodes()));
        }
        double dice = simulation.random().nextDouble();
        if (cluster.clients().isEmpty() || dice < 0.05) {
            enter();
            return;
        }
        Client client = any(cluster.clients());
        Name room = any(rooms);
        if (dice < 0.40) {
            join(client, room);
        } else if (dice < 0.60) {
            client.leave(room)
                    .onSuccess(left -> ifStrict(() -> promises.afterLeft(client, room)))
                    .onFailure(this::note);
        } else if (dice < 0.70) {
            Payload data = Payload.of("\"" + simulation.random().nextInt(100) + "\"");
            client.update(room, data)
                    .onSuccess(updated -> ifStrict(() -> promises.afterUpdated(client, room, data)))
                    .onFailure(this::note);
        } else if (dice < 0.80) {
            Client target = any(cluster.clients());
            client.relayTo(target.id())
                    .onSuccess(number -> ifStrict(() -> promises.afterRelay(client, target, number)))
                    .onFailure(this::note);
        } else if (dice < 0.95) {
            relay(client, room);
        } else {
            exit(client);
        }
    }

    private void enter() {
        cluster.enterSoon((int) simulation.between(0, cluster.nodes().size())).onFailure(this::note);
    }

    private void join(Client client, Name room) {
        client.join(room, (int) simulation.between(0, 8))
                .onSuccess(joined -> ifStrict(() -> promises.afterJoined(client, room)))
                .onFailure(this::note);
    }

    private void relay(Client sender, Name room) {
        List<Client> members = new ArrayList<>();
        if (!sender.isBusy()) {
            cluster.clients().stream()
                    .filter(client -> client != sender && client.isSettledIn(room))
                    .forEach(members::add);
        }
        sender.relayTo(room)
                .onSuccess(number -> {
                    members.removeIf(member ->
                            !cluster.clients().contains(member) || !member.isSettledIn(room) || member.isBusy());
                    ifStrict(() -> members.forEach(member -> promises.afterRelay(sender, member, number)));
                })
                .onFailure(this::note);
    }

    private void exit(Client client) {
        if (!client.isLeaving()) {
            client.exit(any(List.of(LeaveReason.values()))).onComplete(gone -> {
                cluster.clients().remove(client);
                if (strict) {
                    rooms.forEach(room -> promises.afterLeft(client, room));
                }
            });
        }
    }

    /** The weather clears up, and the nodes have time to find out what they missed. */
    private void recover() {
        if (repairs) {
            cluster.weather(Weather.CALM);
            cluster.sweep();
            cluster.tick(RECOVERY_SECONDS);
            simulation.run();
        }
    }

    private void check() {
        Consistency.differences(cluster, cluster.clients()).forEach(this::complain);
    }

    private void ifStrict(Runnable check) {
        if (strict) {
            check.run();
        }
    }

    private void note(Throwable failure) {
        if (failure instanceof Refusal refusal) {
            boolean expected =
                    EXPECTED_WHEN_CALM.contains(refusal.code()) || (repairs && refusal.code() == ErrorCode.UNAVAILABLE);
            if (!expected) {
                complain("refused: " + refusal.code() + " " + refusal.text());
            }
        } else if (!"leaving".equals(failure.getMessage())) {
            complain("no refusal: " + failure + " at " + List.of(failure.getStackTrace()));
        }
    }

    private void complain(String complaint) {
        cluster.complaints().add(complaint);
    }

    private <T> T any(List<? extends T> list) {
        return list.get(simulation.random().nextInt(list.size()));
    }
}
