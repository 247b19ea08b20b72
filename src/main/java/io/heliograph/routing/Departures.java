package io.heliograph.routing;

import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Peers of this node that another one has claimed. They go, and what is still sent here for them goes after them.
 */
final class Departures {
    private static final NodeAnswer DONE = new NodeAnswer.Done();
    private static final NodeAnswer GONE = new NodeAnswer.Gone();
    /** Longer than the other node waits for any of its answers. */
    private static final int TICKS_MAX = 6;
    /** A claim is followed by a message of the claimant: so long it is waited for. */
    private static final int GRACE_TICKS = 4;

    /** One peer on its way. */
    private static final class Departure {
        private final LocalPeer peer;
        private final long epoch;
        private boolean begun;
        /** What waited for it has gone after it, or is given up; some still send here what is for it. */
        private boolean left;

        private final Set<NodeId> switched = new HashSet<>();
        private Set<NodeId> awaited = Set.of();
        private Optional<Promise<NodeAnswer>> release = Optional.empty();
        private int ticksLeft = TICKS_MAX;
        private int askedAt;

        Departure(LocalPeer peer, long epoch) {
            this.peer = peer;
            this.epoch = epoch;
        }

        /** It is known where the peer is. */
        void begin() {
            begun = true;
            peer.pack();
        }
    }

    // Set once.
    private final Census census;
    private final NodeLink link;
    private final Directory directory;
    private final Claims claims;
    private final Records records;
    private final Rooms rooms;
    private final Crowds crowds;
    private final CallDesk desk;
    private final Undelivered undelivered;
    private final BiConsumer<LocalPeer, LeaveReason> end;

    // Owned by the node's context.
    private final Map<PeerId, Departure> departures = new HashMap<>();
    private final Map<LocalPeer, Integer> lost = new LinkedHashMap<>();

    /** {@code end} takes a peer whose session is over out of everything. */
    Departures(
            Census census,
            NodeLink link,
            Directory directory,
            Claims claims,
            Records records,
            Rooms rooms,
            Crowds crowds,
            CallDesk desk,
            Undelivered undelivered,
            BiConsumer<LocalPeer, LeaveReason> end) {
        this.census = census;
        this.link = link;
        this.directory = directory;
        this.claims = claims;
        this.records = records;
        this.rooms = rooms;
        this.crowds = crowds;
        this.desk = desk;
        this.undelivered = undelivered;
        this.end = end;
    }

    /** Another node has claimed the peer. */
    Future<NodeAnswer> handOver(NodeRequest.HandOver request) {
        // This node may have had it only for a moment yet, and not know so.
        return claims.settled(request.peer())
                .transform(known -> census.settledBefore(request.peer(), request.epoch()))
                .transform(settled -> handOverNow(request));
    }

    private Future<NodeAnswer> handOverNow(NodeRequest.HandOver request) {
        Optional<LocalPeer> here = here(request.peer(), request.epoch());
        if (here.isEmpty()) {
            return Future.succeededFuture(GONE);
        }
        LocalPeer peer = here.get();
        Departure departure = open(peer, request.epoch());
        return peer.giveWay(CloseReason.RESUMED).transform(yielded -> {
            // It may have said that it leaves while it was let finish.
            if (departures.get(peer.id()) != departure) {
                return Future.succeededFuture(GONE);
            }
            peer.pack();
            return Future.succeededFuture(new NodeAnswer.Luggage(census.stateOf(peer)));
        });
    }

    /** The peer, as it was before it was claimed with that epoch. */
    private Optional<LocalPeer> here(PeerId id, long epoch) {
        return census.peer(id).filter(peer -> peer.epoch() < epoch);
    }

    boolean isDeparting(LocalPeer peer) {
        return departures.containsKey(peer.id());
    }

    /** The peer is on {@code node} now; what follows from there is not for the one that was here. */
    void begin(NodeId node, NodeRequest.Arrived arrived) {
        here(arrived.peer(), arrived.epoch()).ifPresent(peer -> {
            open(peer, arrived.epoch()).begin();
            peer.caughtUp(node);
            peer.caughtUp(census.self());
            var unused = peer.giveWay(CloseReason.RESUMED);
        });
    }

    private Departure open(LocalPeer peer, long epoch) {
        lost.remove(peer);
        Departure known = departures.get(peer.id());
        if (known != null && known.epoch >= epoch) {
            return known;
        }
        if (known != null && known.peer != peer) {
            conclude(known);
        }
        Departure departure = new Departure(peer, epoch);
        departures.put(peer.id(), departure);
        Set<NodeId> all = new HashSet<>(link.others());
        all.add(census.self());
        peer.departFrom(all);
        return departure;
    }

    /** What it has to do with here has been told where it is. */
    void follow(NodeRequest.Arrived arrived) {
        Departure departure = departures.get(arrived.peer());
        if (departure != null && departure.begun) {
            crowds.depart(departure.peer);
        }
    }

    Future<NodeAnswer> switched(NodeId node, NodeRequest.Switched switched) {
        here(switched.peer(), switched.epoch()).ifPresent(peer -> {
            Departure departure = open(peer, switched.epoch());
            departure.switched.add(node);
            peer.caughtUp(node);
            releaseIfComplete(departure);
        });
        return Future.succeededFuture(DONE);
    }

    Future<NodeAnswer> release(NodeRequest.Release request) {
        Departure departure = departures.get(request.peer());
        if (departure == null || departure.epoch != request.epoch() || !departure.begun || departure.left) {
            return Future.succeededFuture(GONE);
        }
        Promise<NodeAnswer> released = Promise.promise();
        departure.awaited = new HashSet<>(request.awaited());
        departure.awaited.remove(census.self());
        departure.release = Optional.of(released);
        departure.askedAt = census.ticks();
        releaseIfComplete(departure);
        return released.future();
    }

    /** Nothing more comes from there. */
    void forget(NodeId node) {
        for (Departure departure : List.copyOf(departures.values())) {
            departure.switched.add(node);
            departure.peer.caughtUp(node);
            releaseIfComplete(departure);
        }
    }

    /** The directory says that the peer is somebody else's. Unless that one speaks up soon, it is let go. */
    void lost(LocalPeer peer) {
        if (!isDeparting(peer)) {
            lost.putIfAbsent(peer, GRACE_TICKS);
        }
    }

    /** Whether it is {@link #lost} and may have gone on already: what still comes of it here was to come before that. */
    boolean isLost(LocalPeer peer) {
        return lost.containsKey(peer);
    }

    void tick() {
        for (Departure departure : List.copyOf(departures.values())) {
            if (--departure.ticksLeft <= 0) {
                giveUp(departure);
            }
        }
        lost.replaceAll((peer, ticks) -> ticks - 1);
        List<LocalPeer> overdue = new ArrayList<>();
        lost.forEach((peer, ticks) -> {
            if (ticks <= 0) {
                overdue.add(peer);
            }
        });
        overdue.forEach(peer -> {
            lost.remove(peer);
            reconsider(peer);
        });
    }

    private void giveUp(Departure departure) {
        LocalPeer peer = departure.peer;
        if (departure.left) {
            conclude(departure);
        } else if (departure.begun) {
            var unused = undelivered.tell(peer.id(), leave(departure), DropReason.NODE_LOST);
        } else {
            departures.remove(peer.id());
            peer.departsNot();
            release(peer);
            lost(peer);
        }
    }

    private void reconsider(LocalPeer peer) {
        directory.findSession(peer.id()).onComplete(found -> {
            boolean here = census.has(peer) && !isDeparting(peer);
            if (!here) {
                return;
            }
            if (found.failed()) {
                lost(peer);
            } else if (found.result().isEmpty()) {
                end.accept(peer, LeaveReason.LOST);
            } else {
                SessionRecord record = found.result().get();
                boolean elsewhere = link.others().contains(record.node());
                if (elsewhere && record.epoch() >= peer.epoch()) {
                    letGo(peer, record);
                } else if (!record.node().equals(census.self())) {
                    lost(peer);
                }
            }
        });
    }

    /** It is elsewhere, and whoever has it does not fetch what is still here. */
    void letGo(LocalPeer peer, SessionRecord record) {
        Departure departure = open(peer, record.epoch());
        departure.begin();
        link.others().forEach(peer::caughtUp);
        peer.caughtUp(census.self());
        var unused = peer.giveWay(CloseReason.RESUMED);
        census.roomsOf(peer).forEach(room -> room.cede(peer.id(), record.node(), record.epoch()));
        peer.crowds()
                .forEach(group -> census.crowd(group)
                        .ifPresent(crowd -> crowd.move(census.self(), record.node(), census.self())));
        crowds.depart(peer);
        conclude(departure);
    }

    private void releaseIfComplete(Departure departure) {
        if (departure.left) {
            if (departure.peer.isCaughtUp()) {
                conclude(departure);
            }
        } else if (departure.release.isPresent() && departure.switched.containsAll(departure.awaited)) {
            LocalPeer peer = departure.peer;
            if (census.hasGivenUp(departure.askedAt)) {
                departure.release.get().complete(GONE);
                giveUp(departure);
                return;
            }
            List<IncomingCall> incoming = List.copyOf(peer.incoming().values());
            List<MadeCall> made = desk.release(peer);
            peer.incoming().clear();
            departure.release.get().complete(new NodeAnswer.Released(leave(departure), incoming, made));
        }
    }

    /** Answers what has waited for it. Who does not know yet where it is, is told what becomes of what comes from now on. */
    private List<ServerMessage> leave(Departure departure) {
        if (departure.peer.isCaughtUp()) {
            return finish(departure);
        }
        departure.left = true;
        departure.ticksLeft = TICKS_MAX;
        return departure.peer.takeMail();
    }

    private void conclude(Departure departure) {
        var unused = undelivered.tell(departure.peer.id(), finish(departure), DropReason.NODE_LOST);
    }

    private List<ServerMessage> finish(Departure departure) {
        LocalPeer peer = departure.peer;
        departures.remove(peer.id());
        desk.release(peer);
        peer.incoming().clear();
        census.remove(peer);
        records.forget(peer.id());
        // Where it is now, nobody knows that it was in these.
        var unused = rooms.exit(peer, LeaveReason.LOST);
        release(peer);
        return peer.end();
    }

    private void release(LocalPeer peer) {
        census.rooms().forEach(room -> room.release(peer.id()));
        census.crowds().forEach(crowd -> crowd.release(peer));
    }
}
