package io.heliograph.routing;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.Refusal;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Many clients do this and that at random, in one weather, until all have gone home. */
final class Scenario {
    private static final Set<ErrorCode> EXPECTED_WHEN_CALM = Set.of(
            ErrorCode.ROOM_FULL,
            ErrorCode.ALREADY_JOINED,
            ErrorCode.NOT_A_MEMBER,
            ErrorCode.PEER_UNREACHABLE,
            ErrorCode.USER_OFFLINE,
            ErrorCode.CALL_GONE,
            ErrorCode.TOO_MANY);
    private static final List<Name> USERS = List.of(new Name("ann"), new Name("bob"), new Name("cy"));
    private static final List<Name> TOPICS = List.of(new Name("news"), new Name("weather"));
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

    /** While which nodes do not hear what others say. */
    private static final Set<Trouble> PARTITIONS = Set.of(Trouble.CUT, Trouble.FREEZE, Trouble.ISOLATION);

    private final Simulation simulation;
    private final SimulatedCluster cluster;
    private final Promises promises;
    private final boolean strict;
    private final boolean repairs;
    private final boolean resumes;
    private final boolean recordsMayBeBehind;
    private final boolean messagesMayBeLost;
    private final long pace;
    private final List<Name> rooms = new ArrayList<>();
    private int nodesToLose;

    private Scenario(long seed, Weather weather, Trouble trouble, int windowSeconds) {
        simulation = new Simulation(seed);
        cluster = new SimulatedCluster(
                simulation, (int) simulation.between(trouble == Trouble.NONE ? 1 : 2, 5), windowSeconds);
        promises = new Promises(cluster);
        boolean undisturbed = Set.of(Weather.CALM, Weather.UNEVEN).contains(weather);
        strict = undisturbed && (trouble == Trouble.NONE || (trouble == Trouble.DEATH && windowSeconds == 0));
        resumes = windowSeconds > 0;
        repairs = !undisturbed || trouble != Trouble.NONE || resumes;
        recordsMayBeBehind = weather.directoryFailure() > 0;
        messagesMayBeLost = weather.lost() > 0 || PARTITIONS.contains(trouble);
        pace = simulation.chance(0.5) ? 2 * Simulation.MILLI : 20 * Simulation.MILLI;
        for (int i = 0; i < simulation.between(1, 4); i++) {
            rooms.add(new Name("room" + i));
        }
        cluster.weather(weather);
    }

    /** Plays one scenario through; what went wrong, with the seed. */
    static List<String> play(long seed, Weather weather, Trouble trouble, int windowSeconds) {
        Scenario scenario = new Scenario(seed, weather, trouble, windowSeconds);
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
        if (PARTITIONS.contains(trouble)) {
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
        // Whoever sent to a crowd hears of it for a minute more.
        cluster.tick(RECOVERY_SECONDS);
        simulation.run();
        if (!cluster.directory().groups().isEmpty()) {
            complain("left in the directory: " + cluster.directory().groups());
        }
        cluster.nodes().forEach(node -> {
            JsonObject report = cluster.report(node);
            if (!report.getJsonObject("users").isEmpty()
                    || !report.getJsonObject("topics").isEmpty()) {
                complain("crowds left on " + node.id() + ": " + report);
            }
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
            cluster.kill(any(cluster.nodes())).forEach(this::comeBack);
        }
        if (resumes && simulation.chance(0.1) && !cluster.clients().isEmpty()) {
            reconnect(any(cluster.clients()));
        }
        double dice = simulation.random().nextDouble();
        if (cluster.clients().isEmpty() || dice < 0.05) {
            enter();
            return;
        }
        Client client = any(cluster.clients());
        Name room = any(rooms);
        if (simulation.chance(0.5)) {
            callOrListen(client);
        } else if (dice < 0.40) {
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
        Optional<Name> user = simulation.chance(0.8) ? Optional.of(any(USERS)) : Optional.empty();
        cluster.enterSoon((int) simulation.between(0, cluster.nodes().size()), user)
                .onSuccess(client -> client.expect(recordsMayBeBehind, messagesMayBeLost))
                .onFailure(this::note);
    }

    /** By a new connection while the old one stands, or after that has broken. */
    private void reconnect(Client client) {
        if (simulation.chance(0.3)) {
            resume(client);
        } else {
            client.lose().onSuccess(lost -> comeBack(client));
        }
    }

    private void comeBack(Client client) {
        simulation.after(simulation.between(0, 3 * Simulation.SECOND), () -> resume(client));
    }

    private void resume(Client client) {
        if (client.isLeaving()) {
            return;
        }
        client.resume(any(cluster.nodes()))
                .onSuccess(found -> {
                    ifStrict(() -> promises.afterResume(client));
                    if (!found && !client.isLeaving() && !client.isConnected()) {
                        if (strict) {
                            complain(client.id() + " could not be resumed");
                        }
                        client.giveUp();
                        cluster.clients().remove(client);
                    }
                })
                .onFailure(failure -> {
                    // An attempt that it gave up with its connection may have come first.
                    if (!(failure instanceof ResumedElsewhere && client.wasInterrupted())) {
                        note(failure);
                    }
                    comeBack(client);
                });
    }

    private void callOrListen(Client client) {
        Name user = any(USERS);
        Name topic = any(TOPICS);
        double dice = simulation.random().nextDouble();
        if (dice < 0.10) {
            client.subscribe(topic).onFailure(this::note);
        } else if (dice < 0.15) {
            client.unsubscribe(topic).onFailure(this::note);
        } else if (dice < 0.25) {
            publish(client, topic);
        } else if (dice < 0.35) {
            client.relayTo(Group.user(user)).onFailure(this::note);
        } else if (dice < 0.45) {
            client.watch(user, any(USERS)).onFailure(this::note);
        } else if (dice < 0.50) {
            client.unwatch(user).onFailure(this::note);
        } else if (dice < 0.65) {
            client.call(user).onFailure(this::note);
        } else {
            List<CallId> calls = List.copyOf(client.witness().calls().keySet());
            if (!calls.isEmpty()) {
                answer(client, any(calls));
            }
        }
    }

    private void answer(Client client, CallId call) {
        double dice = simulation.random().nextDouble();
        if (dice < 0.4) {
            client.accept(call).onFailure(this::note);
        } else if (dice < 0.6) {
            client.reject(call, CallEnding.DECLINED).onFailure(this::note);
        } else {
            client.hangUp(call).onFailure(this::note);
        }
    }

    private void publish(Client sender, Name topic) {
        List<Client> subscribers = cluster.clients().stream()
                .filter(client -> client != sender && client.topics().contains(topic) && !client.isBusy())
                .toList();
        sender.relayTo(Group.topic(topic))
                .onSuccess(number -> ifStrict(() -> subscribers.stream()
                        .filter(client -> cluster.clients().contains(client)
                                && client.topics().contains(topic)
                                && !client.isBusy())
                        .forEach(client -> promises.afterRelay(sender, client, number))))
                .onFailure(this::note);
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
            boolean told = client.isConnected();
            client.exit(any(List.of(LeaveReason.values()))).onComplete(gone -> {
                cluster.clients().remove(client);
                if (strict && told) {
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
        if (strict) {
            cluster.clients().stream()
                    .filter(client -> client.strays() > 0)
                    .forEach(client -> complain(client.id() + " was told something over a connection of before"));
        }
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
