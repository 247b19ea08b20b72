package io.heliograph.routing;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Topics and users: groups whose members are counted but not named to each other. A future that fails with a {@link Refusal}
 * says why; the request then had no effect.
 */
public final class Crowds {
    private static final String SILENT = "group: the directory does not answer";

    private final Census census;
    private final Directory directory;
    private final Repair repair;
    private final Records records;
    private final Orphans orphans;
    private final OtherNodes others;
    private final Undelivered undelivered;

    Crowds(
            Census census,
            Directory directory,
            Repair repair,
            Records records,
            Orphans orphans,
            OtherNodes others,
            Undelivered undelivered) {
        this.census = census;
        this.directory = directory;
        this.repair = repair;
        this.records = records;
        this.orphans = orphans;
        this.others = others;
        this.undelivered = undelivered;
    }

    /** Begins to receive what is published under the topic; when it completes, every node knows. */
    public Future<Void> subscribe(LocalPeer peer, Name topic) {
        Group group = Group.topic(topic);
        if (peer.crowds().contains(group)) {
            return Future.succeededFuture();
        }
        long subscribed = peer.crowds().stream()
                .filter(crowd -> crowd.kind() == GroupKind.TOPIC)
                .count();
        if (subscribed >= Limits.TOPICS_MAX) {
            return refuse(
                    ErrorCode.TOO_MANY,
                    "topics: " + subscribed + " subscribed (expected: < " + Limits.TOPICS_MAX + ")");
        }
        return enter(group, peer).compose(entered -> records.save(peer));
    }

    /** Receives it no more. */
    public Future<Void> unsubscribe(LocalPeer peer, Name topic) {
        Group group = Group.topic(topic);
        return peer.crowds().contains(group)
                ? leave(group, peer).compose(left -> records.save(peer))
                : Future.succeededFuture();
    }

    /** Tells how many peers each of the users has, then every change of it. */
    public Future<Void> watch(LocalPeer watcher, List<Name> users) {
        // Each once: a frame has room for the same name thousands of times.
        Set<Name> named = new LinkedHashSet<>(users);
        Set<Name> added = new HashSet<>(named);
        added.removeAll(watcher.watched());
        int watched = watcher.watched().size() + added.size();
        if (watched > Limits.WATCHES_MAX) {
            return refuse(
                    ErrorCode.TOO_MANY, "users: " + watched + " watched (expected: <= " + Limits.WATCHES_MAX + ")");
        }
        watcher.watched().addAll(added);
        List<Future<Crowd>> known = new ArrayList<>();
        for (Name user : named) {
            Crowd crowd = census.openCrowd(Group.user(user));
            crowd.watch(watcher);
            known.add(known(crowd));
        }
        return Future.join(known)
                .onFailure(refused -> forgo(watcher, List.copyOf(added)))
                .compose(all -> records.save(watcher));
    }

    /** Tells no more of these users. */
    public Future<Void> unwatch(LocalPeer watcher, List<Name> users) {
        forgo(watcher, users);
        return records.save(watcher);
    }

    private void forgo(LocalPeer watcher, List<Name> users) {
        users.stream()
                .filter(watcher.watched()::remove)
                .forEach(user -> census.crowd(Group.user(user)).ifPresent(crowd -> {
                    crowd.unwatch(watcher);
                    leaveIfUnwanted(crowd);
                }));
    }

    /** Counts the peer among those of its user; when it completes, every node that asks finds it. */
    Future<Void> enter(Group group, LocalPeer peer) {
        Crowd crowd = census.openCrowd(group);
        Promise<SeatClaims.Seat> taken = Promise.promise();
        Future<Void> entered = taken.future().compose(seat -> {
            if (peer.isPacked()) {
                var unused = crowd.seats().giveUp(nodes -> settle(crowd));
                return refuse(ErrorCode.UNAVAILABLE, "session: is elsewhere");
            }
            if (peer.crowds().contains(group)) {
                // Asked for by an earlier connection of it, and again by this one.
                return crowd.seats().giveUp(nodes -> settle(crowd));
            }
            crowd.admit(peer);
            return introduce(crowd, seat.nodes()).otherwiseEmpty();
        });
        crowd.seats().take(0, taken);
        return entered;
    }

    /** Takes a seat for a peer that is on its way here from another node; answers the others that take part. */
    Future<Set<NodeId>> expect(Group group) {
        Crowd crowd = census.openCrowd(group);
        crowd.expect();
        return crowd.seats().adopt(0, Integer.MAX_VALUE);
    }

    /** The expected peer is here; completes when the others have been told. */
    Future<Void> arrive(Group group, LocalPeer peer, NodeId before, Set<NodeId> seated) {
        Crowd crowd = census.openCrowd(group);
        crowd.move(before, census.self(), census.self());
        crowd.admitExpected(peer);
        return introduce(crowd, seated).otherwiseEmpty();
    }

    /** The peer is on another node now, which tells the others: until they know, it is here that they send to. */
    void depart(LocalPeer peer) {
        forgo(peer, List.copyOf(peer.watched()));
        for (Group group : List.copyOf(peer.crowds())) {
            census.crowd(group).ifPresent(crowd -> {
                crowd.depart(peer);
                var unused = crowd.seats().giveUp(nodes -> settle(crowd));
            });
        }
    }

    /** Has a peer that comes back told of all whom it watches. */
    Future<Void> watchAgain(LocalPeer watcher, List<Name> users) {
        watcher.watched().addAll(users);
        return watch(watcher, users);
    }

    /** Takes a peer out of everything. Cannot be refused: what the directory misses is repaired. */
    Future<Void> exit(LocalPeer peer) {
        forgo(peer, List.copyOf(peer.watched()));
        List<Future<?>> departures = new ArrayList<>();
        for (Group group : List.copyOf(peer.crowds())) {
            census.crowd(group).ifPresent(crowd -> {
                crowd.remove(peer);
                departures.add(crowd.seats().giveUp(nodes -> depart(crowd, nodes)));
            });
        }
        return Future.join(departures).otherwiseEmpty().mapEmpty();
    }

    /** The crowd, with the nodes that have members of it; empty where nobody is in it. */
    Future<Optional<Crowd>> find(Group group) {
        Optional<Crowd> open = census.crowd(group).filter(Crowd::isKnown);
        if (open.isPresent() && open.get().seats().isLeaving()) {
            Promise<Void> left = Promise.promise();
            open.get().seats().afterChange(left::complete);
            return left.future().compose(settled -> find(group));
        }
        if (open.isPresent()) {
            open.get().use();
            return Future.succeededFuture(open);
        }
        return directory
                .findGroup(group)
                .recover(failure -> refuse(ErrorCode.UNAVAILABLE, SILENT))
                .compose(entry -> {
                    if (entry.filter(GroupEntry::hasMembers).isEmpty()) {
                        return Future.succeededFuture(Optional.empty());
                    }
                    Crowd crowd = census.openCrowd(group);
                    crowd.use();
                    return known(crowd).map(Optional::of);
                });
    }

    /**
     * Delivers here and sends on.
     *
     * @param trace by what the other nodes follow it
     * @return completes when every node concerned has delivered; fails with {@code user-offline} where no peer of a user is left
     */
    Future<Void> forward(Crowd crowd, Relayed message, Optional<String> trace) {
        undelivered.full(crowd.deliver(census.self(), message), message);
        NodeRequest request = new NodeRequest.ForwardToGroup(message, trace);
        List<Future<NodeAnswer>> answers = new ArrayList<>();
        crowd.nodesWithMembers().forEach(node -> answers.add(others.ask(node, request)));
        boolean anyHere = !crowd.here().isEmpty();
        return Future.join(answers).compose(answered -> {
            boolean reached =
                    anyHere || answers.stream().anyMatch(answer -> answer.result() instanceof NodeAnswer.Done);
            return reached || crowd.group().kind() == GroupKind.TOPIC ? Future.succeededFuture() : offline();
        });
    }

    void tick() {
        census.crowds().forEach(crowd -> {
            crowd.tick();
            leaveIfUnwanted(crowd);
            if (crowd.seats().isIdle()) {
                // The directory did not answer when this was tried before.
                knowIfWanted(crowd);
            }
        });
    }

    /** The user has no peers. */
    static <T> Future<T> offline() {
        return refuse(ErrorCode.USER_OFFLINE, "user: no peer is there (expected: a user who is online)");
    }

    private Future<Void> leave(Group group, LocalPeer peer) {
        Crowd crowd = census.openCrowd(group);
        Promise<Set<NodeId>> freed = Promise.promise();
        Future<Void> left = freed.future().compose(nodes -> {
            if (peer.isPacked()) {
                // Its seat goes with it: what was freed is another one.
                var unused = crowd.seats().adopt(0, Integer.MAX_VALUE);
                return refuse(ErrorCode.UNAVAILABLE, "session: is elsewhere");
            }
            if (!peer.crowds().contains(group)) {
                // An earlier connection of it has left for it.
                return crowd.seats().adopt(0, Integer.MAX_VALUE).mapEmpty();
            }
            crowd.remove(peer);
            return depart(crowd, nodes);
        });
        crowd.seats().free(freed);
        return left;
    }

    private Future<Void> depart(Crowd crowd, Set<NodeId> seated) {
        Set<NodeId> nodes = concerned(crowd, seated);
        return settle(crowd)
                .compose(settled -> others.tellAll(nodes, node -> new NodeRequest.Counts(List.of(crowd.count(node)))));
    }

    /** A seat was freed. */
    private Future<Void> settle(Crowd crowd) {
        crowd.tellWatchers();
        if (!crowd.seats().takesPart()) {
            crowd.forget();
            // Somebody may have come to want it while this node went.
            knowIfWanted(crowd);
        }
        return Future.succeededFuture();
    }

    private void knowIfWanted(Crowd crowd) {
        if (crowd.isWanted()) {
            var unused = known(crowd);
        }
    }

    private Future<Crowd> known(Crowd crowd) {
        if (crowd.isKnown()) {
            return Future.succeededFuture(crowd);
        }
        Promise<Set<NodeId>> asserted = Promise.promise();
        Future<Crowd> known =
                asserted.future().compose(nodes -> introduce(crowd, nodes)).map(crowd);
        crowd.seats().assertOwn(asserted);
        return known;
    }

    /** Fails where it stays open who of nodes that are gone may come back; that is asked again when somebody wants to know. */
    private Future<Void> introduce(Crowd crowd, Set<NodeId> seated) {
        List<Future<?>> announced = new ArrayList<>();
        Set<NodeId> present = concerned(crowd, seated);
        boolean known = crowd.isKnown();
        for (NodeId node : present) {
            Future<Void> answered = repair.announce(node, List.of(crowd));
            announced.add(known ? answered : answered.recover(silent -> orphans.find(crowd, Set.of(node))));
        }
        if (!known) {
            Set<NodeId> absent = new HashSet<>(seated);
            absent.removeAll(present);
            announced.add(orphans.find(crowd, absent));
        }
        return Future.join(announced)
                .<Void>mapEmpty()
                .recover(silent -> known ? Future.succeededFuture() : refuse(ErrorCode.UNAVAILABLE, SILENT))
                .onSuccess(heard -> crowd.know())
                .onComplete(introduced -> leaveIfUnwanted(crowd));
    }

    private void leaveIfUnwanted(Crowd crowd) {
        if (!crowd.isWanted() && crowd.seats().takesPart() && crowd.seats().isIdle()) {
            crowd.forget();
            Promise<Set<NodeId>> asserted = Promise.promise();
            asserted.future().onSuccess(nodes -> depart(crowd, nodes));
            crowd.seats().assertOwn(asserted);
        }
    }

    private Set<NodeId> concerned(Crowd crowd, Set<NodeId> seated) {
        Set<NodeId> nodes = crowd.nodesElsewhere();
        nodes.addAll(seated);
        return others.present(nodes);
    }

    private static <T> Future<T> refuse(ErrorCode code, String text) {
        return Future.failedFuture(new Refusal(code, text));
    }
}
