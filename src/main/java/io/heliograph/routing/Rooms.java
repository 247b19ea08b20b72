package io.heliograph.routing;

import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Leave;
import io.heliograph.protocol.ClientMessage.Update;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.JoinResult;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.ServerMessage.Joined;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What this node's peers do in rooms. A future that fails with a {@link Refusal} says why; the request then had no effect.
 */
public final class Rooms {
    private final Census census;
    private final Repair repair;
    private final Records records;
    private final Orphans orphans;
    private final OtherNodes others;
    private final Limits limits;
    private final Facts facts;

    Rooms(
            Census census,
            Repair repair,
            Records records,
            Orphans orphans,
            OtherNodes others,
            Limits limits,
            Facts facts) {
        this.census = census;
        this.repair = repair;
        this.records = records;
        this.orphans = orphans;
        this.others = others;
        this.limits = limits;
        this.facts = facts;
    }

    /** Enters a room and delivers {@code joined} to the peer. */
    public Future<Void> join(LocalPeer peer, Join request, Optional<Payload> data) {
        return enter(peer, request, data)
                .onSuccess(joined -> facts.joinEnded(JoinResult.JOINED))
                .onFailure(failure -> facts.joinEnded(JoinResult.of(failure)));
    }

    private Future<Void> enter(LocalPeer peer, Join request, Optional<Payload> data) {
        if (peer.rooms().contains(request.room())) {
            return refuse(ErrorCode.ALREADY_JOINED, "room: already a member");
        }
        if (peer.rooms().size() >= limits.rooms()) {
            return refuse(
                    ErrorCode.TOO_MANY, "rooms: " + limits.rooms() + " joined (expected: < " + limits.rooms() + ")");
        }
        Room room = census.openRoom(request.room());
        Optional<Receiver> asking = peer.connection();
        Promise<SeatClaims.Seat> taken = Promise.promise();
        Future<Void> entered = taken.future().compose(seat -> {
            if (peer.isPacked() || !peer.hasStill(asking)) {
                var unused = room.seats().giveUp(nodes -> Future.succeededFuture());
                return refuse(ErrorCode.UNAVAILABLE, "session: is elsewhere");
            }
            Member member = new Member(peer.id(), seat.order(), peer.user(), data);
            peer.hold();
            boolean known = room.hasMembersHere();
            room.admit(peer, member);
            List<OwnedMember> joiner = List.of(new OwnedMember(member, 0, peer.epoch()));
            introduce(room, known, seat.nodes(), joiner);
            Future<Void> recorded = records.save(peer);
            // What is under way for those before it counts as well: it may bring who has left since.
            return Future.join(room.announcements())
                    .otherwiseEmpty()
                    .compose(all -> recorded)
                    .<Void>map(announced -> {
                        if (peer.hasStill(asking)) {
                            peer.endJoin(new Joined(
                                    request.id(),
                                    request.room(),
                                    seat.capacity(),
                                    seat.order(),
                                    room.before(seat.order())));
                        }
                        room.arrive(peer.id());
                        return null;
                    });
        });
        room.seats().take(request.capacity(), taken);
        return entered;
    }

    /** Leaves a room; when it completes, no node counts the peer in. */
    public Future<Void> leave(LocalPeer peer, Leave request) {
        return membership(peer, request.room()).compose(room -> {
            if (!room.vacate(peer.id())) {
                return refuse(ErrorCode.UNAVAILABLE, "room: is being left, for an earlier connection");
            }
            Promise<Set<NodeId>> freed = Promise.promise();
            Future<Void> departed = freed.future()
                    .onFailure(kept -> {
                        room.vacateNot(peer.id());
                        if (peer.isLeaving()) {
                            var unused = exit(peer, LeaveReason.LOST);
                        }
                    })
                    .compose(nodes -> {
                        if (peer.isPacked() && room.hasHere(peer.id())) {
                            // Its seat goes with it: what was freed is another one.
                            room.vacateNot(peer.id());
                            var unused = room.seats().adopt(0, room.seats().capacity());
                        }
                        if (peer.isPacked() || !room.hasHere(peer.id())) {
                            return refuse(ErrorCode.UNAVAILABLE, "session: is elsewhere");
                        }
                        return Future.join(depart(room, peer, nodes, LeaveReason.LEFT), records.save(peer))
                                .mapEmpty();
                    });
            room.seats().free(freed);
            return departed;
        });
    }

    /** Changes what the room sees of the peer. */
    public Future<Void> update(LocalPeer peer, Update request) {
        return membership(peer, request.room()).compose(room -> {
            long version = room.versionOf(peer.id()) + 1;
            room.update(census.self(), peer.id(), version, request.data());
            Future<Void> told = others.tellAll(
                    room.nodesElsewhere(), new NodeRequest.Updated(request.room(), peer.id(), version, request.data()));
            return Future.join(told, records.save(peer)).mapEmpty();
        });
    }

    /** Takes a seat for a member that is on its way here from another node; answers the others with members. */
    Future<Set<NodeId>> expect(SessionState.Membership membership) {
        Room room = census.openRoom(membership.room());
        room.expect();
        return room.seats().adopt(membership.order(), membership.capacity());
    }

    /** The expected member is here; completes when all others that are there are known, as far as their nodes answer. */
    Future<Void> arrive(OwnedMember member, LocalPeer peer, SessionState.Membership membership, Set<NodeId> seated) {
        Room room = census.openRoom(membership.room());
        boolean known = room.hasMembersHere();
        room.admitResuming(peer, member);
        introduce(room, known, seated, List.of(member));
        return Future.join(room.announcements()).otherwiseEmpty().mapEmpty();
    }

    /** Tells the nodes that have seats of a member that is new here, and hears of theirs, where those are not {@code known}. */
    private void introduce(Room room, boolean known, Set<NodeId> seated, List<OwnedMember> member) {
        Set<NodeId> present = concerned(room, seated);
        for (NodeId node : present) {
            Future<Void> announced = repair.announce(room, node, member, false);
            room.announcing(known ? announced : announced.recover(silent -> orphans.find(room, Set.of(node))));
        }
        if (!known) {
            Set<NodeId> absent = new HashSet<>(seated);
            absent.removeAll(present);
            room.announcing(orphans.find(room, absent));
        }
    }

    /** Takes a peer out of all its rooms. Cannot be refused: what the directory misses is repaired. */
    Future<Void> exit(LocalPeer peer, LeaveReason reason) {
        List<Future<?>> departures = new ArrayList<>();
        for (Name name : List.copyOf(peer.rooms())) {
            census.room(name)
                    .filter(room -> room.vacate(peer.id()))
                    .ifPresent(room -> departures.add(room.seats().giveUp(nodes -> depart(room, peer, nodes, reason))));
        }
        return Future.join(departures).otherwiseEmpty().mapEmpty();
    }

    /** The room, if the peer is a member of it. */
    Future<Room> membership(LocalPeer peer, Name name) {
        return census.room(name)
                .filter(room -> room.hasHere(peer.id()))
                .map(Future::succeededFuture)
                .orElseGet(() -> refuse(ErrorCode.NOT_A_MEMBER, "room: not a member"));
    }

    private Future<Void> depart(Room room, LocalPeer peer, Set<NodeId> seated, LeaveReason reason) {
        Set<NodeId> nodes = concerned(room, seated);
        room.depart(peer, reason);
        return others.tellAll(nodes, new NodeRequest.Departed(room.name(), peer.id(), reason));
    }

    /** The nodes that have seats, or of whose members this node knows, and that can be asked. */
    private Set<NodeId> concerned(Room room, Set<NodeId> seated) {
        Set<NodeId> nodes = room.nodesElsewhere();
        nodes.addAll(seated);
        return others.present(nodes);
    }

    private static <T> Future<T> refuse(ErrorCode code, String text) {
        return Future.failedFuture(new Refusal(code, text));
    }
}
