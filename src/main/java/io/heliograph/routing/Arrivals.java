package io.heliograph.routing;

import io.heliograph.protocol.CallState;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.SessionToken;
import io.heliograph.routing.Router.Resumption;
import io.heliograph.routing.SessionState.Membership;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Sessions that go on here, over another connection: on the node on which they were, or moved from there. */
final class Arrivals {
    /** Longer than a node waits for the answer of another one. */
    private static final int LEAVING_TICKS_MAX = 3;

    /** Where nobody waits for the session. */
    private static final Receiver NOBODY = new Receiver() {
        @Override
        public void deliver(ServerMessage message) {}

        @Override
        public Future<Void> supersede(CloseReason reason) {
            return Future.succeededFuture();
        }

        @Override
        public boolean isOpen() {
            return false;
        }
    };

    /** A peer that is to come back before it is gone. */
    private record Leaving(SessionRecord record, int ticksLeft) {}

    private final Census census;
    private final NodeLink link;
    private final Claims claims;
    private final Records records;
    private final Rooms rooms;
    private final Crowds crowds;
    private final CallDesk desk;
    private final Departures departures;
    private final Orphans orphans;

    // Owned by the node's context.
    private final Map<NodeId, Map<LocalPeer, NodeRequest.Arrived>> untold = new HashMap<>();

    /** Of each peer one after the other, so that the one asked for last has the session. */
    private final Map<PeerId, Future<?>> resumes = new HashMap<>();

    private final Map<LocalPeer, Leaving> leaving = new LinkedHashMap<>();

    Arrivals(
            Census census,
            NodeLink link,
            Claims claims,
            Records records,
            Rooms rooms,
            Crowds crowds,
            CallDesk desk,
            Departures departures,
            Orphans orphans) {
        this.census = census;
        this.link = link;
        this.claims = claims;
        this.records = records;
        this.rooms = rooms;
        this.crowds = crowds;
        this.desk = desk;
        this.departures = departures;
        this.orphans = orphans;
    }

    /** Goes on with the session that {@code token} opens; empty where it is over. */
    Future<Optional<Resumption>> resume(SessionToken token, Predicate<Optional<Name>> mayHave, Receiver receiver) {
        PeerId peer = token.peer();
        return inTurn(
                peer,
                () -> claim(token, mayHave, receiver)
                        .compose(claimed -> claimed.isEmpty()
                                ? Future.succeededFuture(Optional.empty())
                                : goOn(claimed.get(), receiver).map(Optional::of)));
    }

    /** A record of before may have come back when two parts of the cluster became one: then this node knows better. */
    private Future<Optional<Claims.Claimed>> claim(
            SessionToken token, Predicate<Optional<Name>> mayHave, Receiver receiver) {
        return claims.claim(token, mayHave, receiver).compose(claimed -> {
            Optional<LocalPeer> here = census.peer(token.peer())
                    .filter(peer -> !peer.isDeparting() && peer.claim().isOpenedBy(token.hash()));
            return claimed.isPresent() || here.isEmpty()
                    ? Future.succeededFuture(claimed)
                    : records.check(here.get()).compose(asserted -> claims.claim(token, mayHave, receiver));
        });
    }

    /** Its record says that the session is here, and its client was told that it could not be had: it is away here. */
    void takeIn(Claims.Claimed claimed) {
        var unused = inTurn(claimed.token().peer(), () -> takeInNow(claimed));
    }

    private Future<Void> takeInNow(Claims.Claimed claimed) {
        PeerId id = claimed.token().peer();
        Optional<LocalPeer> here = census.peer(id).filter(peer -> !peer.isDeparting());
        if (here.isPresent()) {
            here.filter(peer -> peer.epoch() < claimed.now().epoch())
                    .ifPresent(peer -> peer.claim(LocalPeer.Claim.of(claimed.now())));
            return Future.succeededFuture();
        }
        boolean still = records.known(id)
                .filter(record -> record.key().equals(claimed.now().key()))
                .isPresent();
        return still
                ? goOn(claimed, NOBODY)
                        .onSuccess(resumption -> resumption.peer().detach())
                        .mapEmpty()
                : Future.succeededFuture();
    }

    private <T> Future<T> inTurn(PeerId peer, Supplier<Future<T>> resume) {
        Future<?> earlier = resumes.getOrDefault(peer, Future.succeededFuture());
        Future<T> resumed = earlier.transform(ended -> resume.get());
        resumes.put(peer, resumed);
        return resumed.onComplete(ended -> resumes.remove(peer, resumed));
    }

    private Future<Resumption> goOn(Claims.Claimed claimed, Receiver receiver) {
        Optional<LocalPeer> known = census.peer(claimed.token().peer());
        Optional<LocalPeer> here = known.filter(
                peer -> !peer.isDeparting() && claimed.before().node().equals(census.self()));
        if (here.isPresent()) {
            return goOnHere(here.get(), claimed, receiver);
        }
        Promise<Void> settled = Promise.promise();
        census.settling(
                claimed.token().peer(),
                new Census.Settling(claimed.before(), claimed.now().epoch(), settled.future()));
        return known.map(leaving -> gone(leaving, claimed.before()))
                .orElseGet(Future::succeededFuture)
                .transform(gone -> move(claimed, receiver))
                .onComplete(moved -> settled.complete());
    }

    /** It went from here, and whoever claimed it before this node did fetches it, unless something has happened to them. */
    private Future<Void> gone(LocalPeer peer, SessionRecord record) {
        leaving.put(peer, new Leaving(record, LEAVING_TICKS_MAX));
        return peer.gone().onComplete(gone -> leaving.remove(peer));
    }

    private Future<Resumption> goOnHere(LocalPeer peer, Claims.Claimed claimed, Receiver receiver) {
        long epoch = claimed.now().epoch();
        peer.claim(LocalPeer.Claim.of(claimed.now()));
        return peer.giveWay(CloseReason.RESUMED).transform(yielded -> {
            if (peer.epoch() > epoch || peer.isDeparting()) {
                return Future.failedFuture(new ResumedElsewhere());
            }
            peer.attach(receiver);
            return crowds.watchAgain(peer, List.copyOf(peer.watched()))
                    .transform(told -> Future.succeededFuture(resumption(peer, claimed.token())));
        });
    }

    private Future<Resumption> move(Claims.Claimed claimed, Receiver receiver) {
        SessionState recorded = claimed.before().state();
        PeerId id = claimed.token().peer();
        LocalPeer peer =
                new LocalPeer(id, recorded.user(), recorded.data(), LocalPeer.Claim.of(claimed.now()), receiver);
        return handOver(claimed, id).compose(luggage -> new Move(peer, claimed, luggage).run());
    }

    /** What the peer has, from the node on which it was; empty where that does not answer. */
    private Future<Optional<SessionState>> handOver(Claims.Claimed claimed, PeerId peer) {
        NodeId before = claimed.before().node();
        if (!link.others().contains(before)) {
            return Future.succeededFuture(Optional.empty());
        }
        return link.ask(before, new NodeRequest.HandOver(peer, claimed.now().epoch()))
                .map(answer -> answer instanceof NodeAnswer.Luggage luggage
                        ? Optional.of(luggage.state())
                        : Optional.<SessionState>empty())
                .otherwise(Optional.empty());
    }

    /** Once it has answered, what it sends to groups is for the peer here. Until then, it may yet go to where the peer was. */
    private Future<NodeAnswer> tell(NodeId node, LocalPeer peer, NodeRequest.Arrived arrived) {
        return link.ask(node, arrived)
                .onSuccess(answer -> peer.caughtUp(node))
                .onFailure(silent ->
                        untold.computeIfAbsent(node, n -> new LinkedHashMap<>()).put(peer, arrived));
    }

    /** It has heard after all, and what it has sent since is for the peer here. */
    void told(NodeId node, NodeRequest.Arrived arrived) {
        census.peer(arrived.peer())
                .filter(peer -> peer.epoch() == arrived.epoch() && !peer.isDeparting())
                .ifPresent(peer -> peer.caughtUp(node));
    }

    /** Tells those again who have not answered, and waits for nobody too long. Called once a second. */
    void tick() {
        leaving.replaceAll((peer, left) -> new Leaving(left.record, left.ticksLeft - 1));
        new LinkedHashMap<>(leaving).forEach((peer, left) -> {
            if (left.ticksLeft <= 0) {
                departures.letGo(peer, left.record);
            }
        });
        for (NodeId node : List.copyOf(untold.keySet())) {
            Map<LocalPeer, NodeRequest.Arrived> again = Objects.requireNonNull(untold.remove(node));
            again.forEach((peer, arrived) -> {
                if (census.has(peer) && link.others().contains(node)) {
                    var unused = tell(node, peer, arrived);
                }
            });
        }
    }

    /** Whether the peer is on its way here, or being claimed for this node, and is not here yet. */
    boolean expects(PeerId peer) {
        return census.expected(peer)
                || (claims.isUnderWay(peer) && census.peer(peer).isEmpty());
    }

    /** Completes when the peer, should this node be claiming it, or it be on its way here, has all that it had elsewhere. */
    Future<?> settled(PeerId peer) {
        return claims.settled(peer).transform(claimed -> census.settled(peer).mapEmpty());
    }

    /** Nothing comes from there, until it is told everything anew. */
    void forget(NodeId node) {
        untold.remove(node);
        census.peers().stream().filter(peer -> !peer.isDeparting()).forEach(peer -> peer.caughtUp(node));
    }

    private Resumption resumption(LocalPeer peer, SessionToken token) {
        List<CallState> calls = new ArrayList<>();
        peer.outgoing()
                .values()
                .forEach(call -> calls.add(new CallState(call.id(), true, call.taker(), !call.isRinging())));
        peer.incoming()
                .values()
                .forEach(call -> calls.add(new CallState(call.id(), false, Optional.of(call.caller()), call.taken())));
        SessionState state = census.stateOf(peer);
        Resumed resumed = new Resumed(
                census.roomsOf(peer).stream()
                        .map(room -> room.welcomeBack(peer.id()))
                        .toList(),
                state.topics(),
                state.watching(),
                calls);
        peer.resume(resumed);
        return new Resumption(peer, token, resumed);
    }

    /** One peer on its way from another node to this one. */
    private final class Move {
        private final LocalPeer peer;
        private final Claims.Claimed claimed;
        private final NodeId before;
        private final boolean handedOver;
        private final SessionState state;
        private final List<Group> groups = new ArrayList<>();
        private final List<NodeAnswer.Arrival> arrivals = new ArrayList<>();
        private final Set<NodeId> answered = new HashSet<>();

        Move(LocalPeer peer, Claims.Claimed claimed, Optional<SessionState> luggage) {
            this.peer = peer;
            this.claimed = claimed;
            this.before = claimed.before().node();
            this.handedOver = luggage.isPresent();
            this.state = luggage.orElse(claimed.before().state());
            state.topics().forEach(topic -> groups.add(Group.topic(topic)));
            state.user().ifPresent(user -> groups.add(Group.user(user)));
            state.acquaintances().forEach(peer::acquaint);
        }

        Future<Resumption> run() {
            List<Future<Set<NodeId>>> roomSeats =
                    state.rooms().stream().map(rooms::expect).toList();
            List<Future<Set<NodeId>>> crowdSeats =
                    groups.stream().map(crowds::expect).toList();
            List<Future<?>> seats = new ArrayList<>(roomSeats);
            seats.addAll(crowdSeats);
            return Future.join(seats).transform(seated -> {
                Future<?> told = arrive();
                List<Future<?>> known = new ArrayList<>();
                for (int i = 0; i < roomSeats.size(); i++) {
                    Membership membership = state.rooms().get(i);
                    known.add(rooms.arrive(
                            member(membership),
                            peer,
                            membership,
                            roomSeats.get(i).result()));
                }
                for (int i = 0; i < crowdSeats.size(); i++) {
                    known.add(crowds.arrive(
                            groups.get(i), peer, before, crowdSeats.get(i).result()));
                }
                return told.transform(all -> release())
                        .compose(released -> Future.join(known).transform(all -> settle(released)));
            });
        }

        /** In one turn with being in all rooms and crowds, so that nothing is sent between the two. */
        private Future<?> arrive() {
            census.add(peer);
            Map<Name, OwnedMember> members = new HashMap<>();
            state.rooms().forEach(membership -> members.put(membership.room(), member(membership)));
            NodeRequest.Arrived arrived = new NodeRequest.Arrived(peer.id(), peer.epoch(), before, members, groups);
            Set<NodeId> others = link.others();
            peer.arriveAhead(others);
            census.moved(peer.id(), census.self());
            orphans.returned(peer.id());
            List<Future<?>> told = new ArrayList<>();
            for (NodeId node : others) {
                told.add(tell(node, peer, arrived).onSuccess(answer -> {
                    answered.add(node);
                    if (answer instanceof NodeAnswer.Arrival arrival) {
                        arrivals.add(arrival);
                    }
                }));
            }
            arrivals.add(desk.moved(peer.id(), census.self()));
            return Future.join(told);
        }

        private Future<Optional<NodeAnswer.Released>> release() {
            if (!handedOver || !answered.contains(before)) {
                return Future.succeededFuture(Optional.empty());
            }
            Set<NodeId> awaited = new HashSet<>(answered);
            awaited.remove(before);
            return link.ask(before, new NodeRequest.Release(peer.id(), peer.epoch(), awaited))
                    .map(answer -> answer instanceof NodeAnswer.Released released
                            ? Optional.of(released)
                            : Optional.<NodeAnswer.Released>empty())
                    .otherwise(Optional.empty());
        }

        private Future<Resumption> settle(Optional<NodeAnswer.Released> released) {
            if (!census.has(peer)) {
                return Future.failedFuture(new ResumedElsewhere());
            }
            released.ifPresentOrElse(
                    has -> {
                        desk.arrive(peer, has.incoming(), has.made());
                        peer.putFirst(has.queue());
                    },
                    this::recoverCalls);
            if (peer.isPacked()) {
                return Future.failedFuture(new ResumedElsewhere());
            }
            var unused = records.save(peer);
            return crowds.watchAgain(peer, state.watching())
                    .transform(told -> Future.succeededFuture(resumption(peer, claimed.token())));
        }

        private void recoverCalls() {
            arrivals.forEach(arrival -> desk.arrive(peer, arrival.incoming(), arrival.made()));
            List<IncomingCall> incoming = new ArrayList<>();
            List<MadeCall> made = new ArrayList<>();
            for (SessionState.TakenCall call : state.calls()) {
                if (call.made()) {
                    made.add(new MadeCall(
                            call.call(), call.callee(), Map.of(call.other(), before), Optional.of(call.other()), 0));
                } else {
                    incoming.add(new IncomingCall(call.call(), call.other(), before, true));
                }
            }
            desk.arrive(peer, incoming, made);
        }

        private OwnedMember member(Membership membership) {
            return new OwnedMember(
                    new Member(peer.id(), membership.order(), state.user(), membership.data()),
                    membership.version(),
                    peer.epoch());
        }
    }
}
