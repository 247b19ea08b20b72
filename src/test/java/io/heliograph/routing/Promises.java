package io.heliograph.routing;

import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What the protocol promises about all clients together at the moment when one of them gets an answer. */
final class Promises {
    private final Map<Client, List<Runnable>> owed = new HashMap<>();
    private final SimulatedCluster cluster;
    private final Consumer<String> complaints;

    Promises(SimulatedCluster cluster) {
        this.cluster = cluster;
        this.complaints = cluster.complaints()::add;
    }

    /** Of two members the one who came later has found the other, who was told. */
    void afterJoined(Client joiner, Name room) {
        Optional<Witness.View> own = joiner.witness().view(room);
        if (own.isEmpty() || !joiner.isSettledIn(room)) {
            return;
        }
        requireNoNews(joiner, room);
        int members = 1;
        for (Client other : cluster.clients()) {
            Optional<Witness.View> theirs = other.witness().view(room);
            if (other == joiner || theirs.isEmpty() || !other.isSettledIn(room) || other.isBusy()) {
                continue;
            }
            members++;
            long order = theirs.get().order();
            require(order != own.get().order(), joiner, other, room, "have the same order");
            Client first = order < own.get().order() ? other : joiner;
            Client second = first == joiner ? other : joiner;
            require(found(second, room, first), second, first, room, "did not find");
            require(!found(first, room, second), first, second, room, "found too");
            require(first.witness().sees(room, second.id()), first, second, room, "was not told of");
            require(second.witness().sees(room, first.id()), second, first, room, "lost sight of");
        }
        if (members > own.get().capacity()) {
            complaints.accept(members + " members in " + room + " of capacity "
                    + own.get().capacity() + " after " + joiner.id() + " joined");
        }
    }

    /** Nobody sees who has left. */
    void afterLeft(Client leaver, Name room) {
        for (Client other : cluster.clients()) {
            require(
                    other == leaver || other.isBusy() || !other.witness().sees(room, leaver.id()),
                    other,
                    leaver,
                    room,
                    "still sees");
        }
    }

    /** Everybody sees the new data. */
    void afterUpdated(Client updater, Name room, Payload data) {
        for (Client other : cluster.clients()) {
            if (other != updater && !other.isBusy() && other.isSettledIn(room) && updater.isSettledIn(room)) {
                Optional<Payload> seen = other.witness()
                        .view(room)
                        .flatMap(view -> Optional.ofNullable(view.others().get(updater.id())))
                        .flatMap(Member::data);
                require(seen.equals(Optional.of(data)), other, updater, room, "sees old data of");
            }
        }
    }

    /** What was promised to clients that were away is kept when they come back. */
    void afterResume(Client receiver) {
        List<Runnable> due = owed.remove(receiver);
        if (due != null) {
            due.forEach(Runnable::run);
        }
    }

    /** Whoever was there all the time has the relay, and whoever is away will have it. */
    void afterRelay(Client sender, Client receiver, long number) {
        if (!receiver.isConnected()) {
            owed.computeIfAbsent(receiver, away -> new ArrayList<>()).add(() -> afterRelay(sender, receiver, number));
            return;
        }
        require(
                receiver.isLeaving() || receiver.isBusy() || receiver.witness().lastFrom(sender.id()) >= number,
                receiver,
                sender,
                "relays",
                "has not got relay " + number + " of");
    }

    /** Nobody is told late of somebody who was there before. */
    private void requireNoNews(Client joiner, Name room) {
        long order = 0;
        for (ServerMessage message : joiner.witness().told()) {
            if (message instanceof ServerMessage.Joined joined && joined.room().equals(room)) {
                order = joined.order();
            } else if (message instanceof ServerMessage.PeerJoined event
                    && event.room().equals(room)
                    && event.member().order() < order) {
                complaints.accept(joiner.id() + " was told late: " + event + " in "
                        + joiner.witness().told());
            }
        }
    }

    private static boolean found(Client one, Name room, Client other) {
        PeerId id = other.id();
        return one.witness()
                .view(room)
                .filter(view -> view.found().contains(id))
                .isPresent();
    }

    private void require(boolean condition, Client one, Client other, Object where, String complaint) {
        if (!condition) {
            complaints.accept("%s %s %s in %s at %s%n  %s%n  %s"
                    .formatted(
                            one.id(),
                            complaint,
                            other.id(),
                            where,
                            cluster.simulation().nowMicros(),
                            one.witness().told(),
                            other.witness().told()));
        }
    }
}
