package io.heliograph.routing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.protocol.SessionToken;
import io.heliograph.protocol.Traces;
import io.heliograph.protocol.Traces.RelaySpan;
import io.heliograph.routing.NodeRequest.ForwardToPeer;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Decides where the messages of this node's peers go. All methods are called, and all futures complete, on the node's
 * context. A future that fails with a {@link Refusal} says why; the request then had no effect.
 */
public final class Router {
    /** So long after a standstill connections are found to have ended during it. */
    private static final int FINDING_OUT_TICKS = 5;
    /** So long after one this node may not have heard what has become of sessions: the cluster has to become one again. */
    private static final int CATCHING_UP_TICKS = 15;

    private static final long LATE_NANOS = 2_000_000_000L;

    // Set once.
    private final Census census;
    private final Directory directory;
    private final NodeLink link;
    private final Claims claims;
    private final Records records;
    private final Repair repair;
    private final OtherNodes others;
    private final CallDesk desk;
    private final Rooms rooms;
    private final Crowds crowds;
    private final Calls calls;
    private final Undelivered undelivered;
    private final Departures departures;
    private final Arrivals arrivals;
    private final Orphans orphans;
    private final Revenants revenants;
    private final Absence absence;
    private final int sessionsPerUser;
    private final int windowSeconds;
    private final Facts facts;
    private final Traces traces;

    // Owned by the node's context.
    private int stoodStillSeconds;
    /** By {@link Census#ticks}. */
    private int stoodStillAt = -CATCHING_UP_TICKS;

    /**
     * A session that has begun.
     *
     * @param token with which it may be resumed
     */
    public record Entered(LocalPeer peer, SessionToken token) {}

    /**
     * A session that goes on.
     *
     * @param token with which it may be resumed from now on
     * @param resumed what it has; to be told before {@link LocalPeer#begin}, in the same turn
     */
    public record Resumption(LocalPeer peer, SessionToken token, Resumed resumed) {}

    /** A relay that is on its way: what the sender sends next cannot overtake it. */
    public record Sent(Future<Void> acknowledged) {}

    /**
     * No peers yet.
     *
     * @param ringSeconds how long a call rings
     * @param windowSeconds how long a session waits for its client to come back; 0 where it does not
     * @param clock that of all nodes should be about the same: by it the later of two claims of a session stands that were
     *     made while the nodes did not hear each other
     */
    public Router(
            Directory cluster,
            NodeLink network,
            Limits limits,
            int ringSeconds,
            int windowSeconds,
            InstantSource clock,
            Facts facts,
            Traces traces) {
        this.directory = new MeasuredDirectory(cluster, facts);
        this.link = new MeasuredLink(network, facts);
        this.facts = facts;
        this.traces = traces;
        this.sessionsPerUser = limits.intake().sessionsPerUser();
        this.absence = new Absence(limits.absence());
        this.census = new Census(link.self(), directory, limits, facts);
        this.windowSeconds = windowSeconds;
        this.claims = new Claims(link.self(), directory, clock);
        this.records = new Records(link.self(), directory, census, claims);
        this.desk = new CallDesk(census, link, records, facts);
        this.repair = new Repair(census, directory, link, records, desk);
        this.others = new OtherNodes(link, facts);
        this.undelivered = new Undelivered(census, directory, link, facts);
        this.orphans = new Orphans(census, directory, claims, desk, repair, link, windowSeconds);
        this.rooms = new Rooms(census, repair, records, orphans, others, limits, facts);
        this.crowds = new Crowds(census, directory, repair, records, orphans, others, undelivered);
        this.calls = new Calls(census, crowds, others, desk, records, ringSeconds);
        this.departures = new Departures(
                census, link, directory, claims, records, rooms, crowds, desk, undelivered, this::remove);
        this.revenants = new Revenants(census, directory, records, repair, departures);
        this.arrivals = new Arrivals(census, link, claims, records, rooms, crowds, desk, departures, orphans);
        records.whenLost(departures::lost);
        claims.whenLate(arrivals::takeIn);
        records.whenLeftBehind(revenants::expect);
    }

    /** Begins to take what comes from other nodes. */
    public Future<Void> open() {
        Responder responder =
                new Responder(census, repair, desk, departures, arrivals, orphans, revenants, undelivered, link, facts);
        return link.open(new FollowedInbound(responder, census, traces));
    }

    /** The node that this is. */
    public NodeId node() {
        return census.self();
    }

    /** What peers do in rooms. */
    public Rooms rooms() {
        return rooms;
    }

    /** What peers do with topics and users. */
    public Crowds crowds() {
        return crowds;
    }

    /** What peers do in calls. */
    public Calls calls() {
        return calls;
    }

    /** Makes a peer known to the cluster. What comes for it waits until {@link LocalPeer#begin}. */
    public Future<Entered> enter(PeerId id, Optional<Name> user, Optional<Payload> data, Receiver receiver) {
        return records.open(id, SessionState.initial(user, data))
                .compose(token -> {
                    LocalPeer peer = new LocalPeer(
                            id, user, data, new LocalPeer.Claim(1, token.hash(), Optional.empty()), receiver);
                    census.add(peer);
                    return user.map(name -> crowds.enter(Group.user(name), peer))
                            .orElseGet(Future::succeededFuture)
                            .onFailure(refused -> {
                                census.remove(peer);
                                records.removeLater(id, token.hash());
                            })
                            .map(new Entered(peer, token));
                })
                .recover(failure -> Future.failedFuture(
                        failure instanceof Refusal refusal && refusal.code() == ErrorCode.ROOM_FULL
                                ? tooManyOfUser()
                                : Claims.unavailable()));
    }

    private Refusal tooManyOfUser() {
        return new Refusal(
                ErrorCode.TOO_MANY, "user: %d sessions (expected: < %d)".formatted(sessionsPerUser, sessionsPerUser));
    }

    /**
     * Goes on with an earlier session, on whichever node it was; empty where it is over, and {@code unavailable} where this node
     * cannot know. Whoever had it until now is told so by {@link Receiver#supersede}. What comes for it waits until
     * {@link LocalPeer#begin}.
     *
     * @param mayHave whether the session of this user may be gone on with; where not it stays as it is, and the answer is
     *     {@code unauthorized}
     */
    public Future<Optional<Resumption>> resume(
            SessionToken token, Predicate<Optional<Name>> mayHave, Receiver receiver) {
        return arrivals.resume(token, mayHave, receiver).compose(found -> {
            if (found.isPresent()) {
                return Future.succeededFuture(found);
            }
            if (hasStoodStillWithin(CATCHING_UP_TICKS)) {
                return refuse(
                        ErrorCode.UNAVAILABLE,
                        "resume: this node has just stood still, and may not know the session yet");
            }
            return orphans.nodes().isEmpty() ? Future.succeededFuture(found) : missed(token);
        });
    }

    /** A node that is out of sight may have gone on with a session that has not ended here, and given another token for it. */
    private <T> Future<Optional<T>> missed(SessionToken token) {
        return directory
                .findSession(token.peer())
                .recover(silent -> Future.failedFuture(Claims.unavailable()))
                .compose(record -> record.isEmpty()
                        ? Future.succeededFuture(Optional.empty())
                        : refuse(
                                ErrorCode.UNAVAILABLE,
                                "resume: a node that is not there now may have gone on with the session"));
    }

    /** The client has shown that it knows its token: the one before is worth nothing any more. */
    public void confirm(LocalPeer peer) {
        LocalPeer.Claim claim = peer.claim();
        if (claim.formerKey().isPresent()) {
            peer.claim(new LocalPeer.Claim(claim.epoch(), claim.key(), Optional.empty()));
            var unused = records.save(peer);
        }
    }

    /** The connection of the peer is closing, and it is to come back: what comes from now on waits. {@link #detach} follows. */
    public void suspend(LocalPeer peer) {
        peer.suspend();
    }

    /** What the peer sent to {@code address} came too late to take effect, or for the refusal to be told: its client hears that. */
    public void lose(PeerId sender, Address address) {
        undelivered.lose(sender, address);
    }

    /** The peer has lost its connection: it is away until it is resumed, or its window is over. */
    public Future<Void> detach(LocalPeer peer) {
        if (windowSeconds == 0) {
            return exit(peer, LeaveReason.LOST);
        }
        peer.detach();
        // When in a standstill it was lost nobody knows; where that outlasted the window, others have given it up.
        if (stoodStillSeconds >= windowSeconds && hasStoodStillWithin(FINDING_OUT_TICKS)) {
            peer.hasBeenAway(stoodStillSeconds);
        }
        return Future.succeededFuture();
    }

    /**
     * Ends the session of a peer, unless it goes on at a node in sight: takes it out of everything. Cannot be refused: what the
     * directory misses is repaired.
     */
    public Future<Void> exit(LocalPeer peer, LeaveReason reason) {
        if (departures.isDeparting(peer)) {
            return Future.succeededFuture();
        }
        long epoch = peer.epoch();
        peer.leaving();
        return records.close(peer).compose(claimant -> {
            boolean outOfSight = claimant.isPresent() && !isInSight(claimant.get()) && peer.epoch() == epoch;
            if ((claimant.isEmpty() || outOfSight) && !departures.isDeparting(peer)) {
                return leave(peer, reason);
            }
            if (peer.epoch() == epoch) {
                peer.staysAway();
                departures.lost(peer);
            } else {
                peer.stays();
            }
            return Future.succeededFuture();
        });
    }

    private boolean isInSight(NodeId node) {
        return node.equals(census.self()) || link.others().contains(node);
    }

    private void remove(LocalPeer peer, LeaveReason reason) {
        peer.leaving();
        var unused = leave(peer, reason);
    }

    /** Once: its window may end while its record is found to be gone. */
    private Future<Void> leave(LocalPeer peer, LeaveReason reason) {
        if (!census.remove(peer)) {
            return Future.succeededFuture();
        }
        records.forget(peer.id());
        return Future.join(calls.exit(peer), rooms.exit(peer, reason), crowds.exit(peer))
                .otherwiseEmpty()
                .<Void>mapEmpty()
                .onComplete(gone -> undelivered.tell(peer.id(), peer.end(), DropReason.EXPIRED));
    }

    /**
     * Sends a relay on its way.
     *
     * @param readNanos when its frame was read, by {@link System#nanoTime()}
     * @return once it is on its way; with the acknowledgement, which comes when it is delivered on every node concerned
     */
    public Future<Sent> relay(LocalPeer sender, Relay relay, long readNanos) {
        RelaySpan span = traces.relay(census.self(), sender.id(), relay.type(), relay.to());
        Future<Sent> sent = isTooLate(sender, readNanos)
                ? tooLate()
                : relay.to()
                        .match(
                                to -> toPeer(sender, relay, to, readNanos, span),
                                to -> to.group().kind() == GroupKind.ROOM
                                        ? toRoom(sender, relay, to.group(), readNanos, span)
                                        : toCrowd(sender, relay, to.group(), readNanos, span));
        if (span.trace().isPresent()) {
            sent.compose(Sent::acknowledged)
                    .onSuccess(acknowledged -> span.accepted())
                    .onFailure(failure ->
                            span.refused(failure instanceof Refusal refusal ? refusal.code() : ErrorCode.INTERNAL));
        }
        return sent;
    }

    /** Somebody has written to the peer, by its user, a topic or its id, and so may be {@link #knows known} from now on. */
    public void acquaint(LocalPeer peer, PeerId other) {
        if (peer.acquaint(other)) {
            records.saveLater(peer);
        }
    }

    /**
     * Whether the peer shares a room or a call with {@code other}, or was written to by it and {@link #acquaint told} so in this
     * session, one of the last 256 times that it was somebody new.
     */
    public boolean knows(LocalPeer peer, PeerId other) {
        return census.knows(peer, other);
    }

    /** The refusal of a relay to somebody who is not there, or might as well not be. */
    public static <T> Future<T> unreachable() {
        return refuse(ErrorCode.PEER_UNREACHABLE, "to: no such peer, or too much waits for it");
    }

    /** Brings in line what may not be, and ends what has waited too long; called about once a second. */
    public void tick() {
        census.tick();
        records.tick();
        claims.tick();
        repair.tick();
        crowds.tick();
        desk.endUnanswered();
        departures.tick();
        var unused = undelivered.tick();
        arrivals.tick();
        orphans.tick();
        revenants.tick();
        tickAway();
    }

    private void tickAway() {
        List<LocalPeer> away = census.peers().stream()
                .filter(peer -> peer.isAway() && !departures.isDeparting(peer))
                .toList();
        List<LocalPeer> waiting = new ArrayList<>();
        for (LocalPeer peer : away) {
            boolean late = peer.tickAway() > windowSeconds;
            if (!peer.isLeaving()) {
                if (late) {
                    var unused = exit(peer, LeaveReason.LOST);
                } else {
                    waiting.add(peer);
                }
            }
        }
        absence.excess(waiting).forEach(peer -> {
            facts.sessionGivenUp();
            var unused = exit(peer, LeaveReason.LOST);
        });
    }

    /** This node did nothing for so long: who had no connection was without for that time. */
    public void stoodStill(int seconds) {
        stoodStillSeconds = seconds;
        stoodStillAt = census.ticks();
        census.peers().stream().filter(LocalPeer::isAway).forEach(peer -> peer.hasBeenAway(seconds));
    }

    private boolean hasStoodStillWithin(int ticks) {
        return census.ticks() - stoodStillAt < ticks;
    }

    /** How many peers this node has: with a connection, away, or on their way to another node. */
    public int peers() {
        return census.peers().size();
    }

    /** The node ends, and no peer has a connection: what waits for them is lost. Completes when the senders know. */
    public Future<Void> end() {
        undelivered.nodeEnds();
        List<Future<?>> told = new ArrayList<>(List.of(undelivered.tick()));
        census.peers().forEach(peer -> told.add(undelivered.tell(peer.id(), peer.closeMail(), DropReason.NODE_LOST)));
        return Future.join(told).otherwiseEmpty().mapEmpty();
    }

    /** What this node knows, for {@code /state}. */
    public JsonObject report() {
        return new StateWriter(census, desk, orphans).write();
    }

    private Future<Sent> toPeer(LocalPeer sender, Relay relay, Address.ToPeer to, long readNanos, RelaySpan span) {
        PeerId target = to.peer();
        Relayed message = new Relayed(relay.type(), sender.id(), Optional.empty(), relay.data(), relay.sequence());
        if (target.equals(sender.id())) {
            return unreachable();
        }
        if (isHere(target)) {
            return toPeerHere(relay, target, message, readNanos, span);
        }
        ForwardToPeer forward = new ForwardToPeer(target, message, span.trace());
        // Where it was here, it has ended and is about to leave the room, or is on its way elsewhere.
        Optional<NodeId> known = census.locate(target, sender).filter(node -> !node.equals(census.self()));
        if (known.isPresent()) {
            return Future.succeededFuture(forward(sender, relay, known.get(), forward, readNanos, span));
        }
        return find(target).compose(found -> {
            Optional<NodeId> node = found.map(record -> census.nodeOf(target, record.node()));
            if (node.isEmpty()) {
                return unreachable();
            }
            if (node.get().equals(census.self())) {
                return arrivals.settled(target)
                        .transform(settled -> toPeerHere(relay, target, message, readNanos, span));
            }
            sender.remember(target, node.get());
            Sent sent = forward(sender, relay, node.get(), forward, readNanos, span);
            // It may be on its way from where what the sender sends next would still go.
            return sent.acknowledged().transform(first -> Future.succeededFuture(sent));
        });
    }

    private boolean isHere(PeerId target) {
        return census.peer(target).filter(peer -> peer.hears(census.self())).isPresent();
    }

    private Future<Sent> toPeerHere(Relay relay, PeerId target, Relayed message, long readNanos, RelaySpan span) {
        if (!isHere(target)
                || !census.peer(target).filter(peer -> peer.deliver(message)).isPresent()) {
            return unreachable();
        }
        count(relay, RelayPath.LOCAL, readNanos, span);
        return Future.succeededFuture(new Sent(Future.succeededFuture()));
    }

    private Sent forward(
            LocalPeer sender, Relay relay, NodeId node, ForwardToPeer forward, long readNanos, RelaySpan span) {
        PeerId target = forward.to();
        Future<NodeAnswer> answered = others.ask(node, forward).onFailure(silent -> sender.forget(target));
        Future<Void> acknowledged = answered.compose(answer -> {
            if (answer instanceof NodeAnswer.Gone) {
                sender.forget(target);
                facts.dropped(DropReason.PEER_GONE);
                return goneFrom(node, target);
            }
            return Future.succeededFuture();
        });
        count(relay, RelayPath.REMOTE, readNanos, span);
        return new Sent(acknowledged);
    }

    /** It is not sent to where the peer is now: what was sent later may already be there. */
    private Future<Void> goneFrom(NodeId node, PeerId target) {
        return find(target)
                .compose(found -> found.map(SessionRecord::node)
                                .filter(now -> !now.equals(node))
                                .isPresent()
                        ? refuse(ErrorCode.UNAVAILABLE, "to: it has gone on to another node")
                        : unreachable());
    }

    private Future<Optional<SessionRecord>> find(PeerId target) {
        return directory
                .findSession(target)
                .recover(failure -> refuse(ErrorCode.UNAVAILABLE, "to: the directory does not answer"));
    }

    private Future<Sent> toRoom(LocalPeer sender, Relay relay, Group group, long readNanos, RelaySpan span) {
        return rooms.membership(sender, group.name()).map(room -> {
            Relayed message = message(sender, relay, group);
            undelivered.full(room.deliver(census.self(), message), message);
            count(relay, RelayPath.LOCAL, readNanos, span);
            Set<NodeId> nodes = room.nodesElsewhere();
            NodeRequest forward = new NodeRequest.ForwardToGroup(message, span.trace());
            List<Future<?>> acknowledgements = new ArrayList<>();
            nodes.forEach(node -> acknowledgements.add(forward(room, node, forward)));
            if (!nodes.isEmpty()) {
                count(relay, RelayPath.REMOTE, readNanos, span);
            }
            return new Sent(Future.join(acknowledgements).mapEmpty());
        });
    }

    private Future<Void> forward(Room room, NodeId node, NodeRequest forward) {
        return others.ask(node, forward).compose(answer -> {
            if (answer instanceof NodeAnswer.Gone) {
                repair.announceAll(room, node);
                return OtherNodes.unavailable();
            }
            return Future.succeededFuture();
        });
    }

    private Future<Sent> toCrowd(LocalPeer sender, Relay relay, Group group, long readNanos, RelaySpan span) {
        Future<Optional<Crowd>> known = crowds.find(group)
                .compose(found -> isTooLate(sender, readNanos) ? tooLate() : Future.succeededFuture(found));
        return known.map(found -> {
            if (found.isEmpty()) {
                return new Sent(group.kind() == GroupKind.USER ? Crowds.offline() : Future.succeededFuture());
            }
            Crowd crowd = found.get();
            count(relay, RelayPath.LOCAL, readNanos, span);
            if (!crowd.nodesWithMembers().isEmpty()) {
                count(relay, RelayPath.REMOTE, readNanos, span);
            }
            return new Sent(crowds.forward(crowd, message(sender, relay, group), span.trace()));
        });
    }

    /**
     * Whoever has gone on elsewhere, or may have, unheard, since the connection was lost, may have sent there what was to come
     * behind this.
     */
    private boolean isTooLate(LocalPeer sender, long readNanos) {
        return departures.isLost(sender)
                || (sender.connection().filter(Receiver::isOpen).isEmpty()
                        && System.nanoTime() - readNanos > LATE_NANOS);
    }

    private static <T> Future<T> tooLate() {
        return refuse(ErrorCode.UNAVAILABLE, "session: without a connection here by the time that this could be sent");
    }

    private static Relayed message(LocalPeer sender, Relay relay, Group group) {
        return new Relayed(relay.type(), sender.id(), Optional.of(group), relay.data(), relay.sequence());
    }

    private void count(Relay relay, RelayPath path, long readNanos, RelaySpan span) {
        span.goes(path);
        facts.relayed(relay.type(), path);
        facts.relayTook(path, System.nanoTime() - readNanos);
    }

    private static <T> Future<T> refuse(ErrorCode code, String text) {
        return Future.failedFuture(new Refusal(code, text));
    }
}
