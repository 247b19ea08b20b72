package io.heliograph.routing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Leave;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.ClientMessage.Update;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.JoinResult;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.ServerMessage.Joined;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Decides where the messages of this node's peers go. All methods are called, and all futures complete, on the node's
 * context. A future that fails with a {@link Refusal} says why; the request then had no effect.
 */
public final class Router {
    // Set once.
    private final Census census;
    private final Directory directory;
    private final NodeLink link;
    private final Repair repair;
    private final Limits limits;
    private final Facts facts;

    /** A relay that is on its way: what the sender sends next cannot overtake it. */
    public record Sent(Future<Void> acknowledged) {}

    public Router(Directory directory, NodeLink link, Limits limits, Facts facts) {
        this.directory = directory;
        this.link = link;
        this.limits = limits;
        this.facts = facts;
        this.census = new Census(link.self(), directory, limits.capacity(), facts);
        this.repair = new Repair(census, directory, link);
    }

    /** Begins to take what comes from other nodes. */
    public Future<Void> open() {
        return link.open(new Responder(census, repair, facts));
    }

    /** Makes a peer known to the cluster. */
    public Future<LocalPeer> enter(PeerId id, Optional<Name> user, Receiver receiver) {
        LocalPeer peer = new LocalPeer(id, user, receiver);
        return directory
                .putSession(id, census.self())
                .map(recorded -> {
                    census.add(peer);
                    return peer;
                })
                .recover(failure -> {
                    // It may have been recorded all the same.
                    repair.forgetLater(id);
                    return refuse(ErrorCode.UNAVAILABLE, "session: the directory does not answer");
                });
    }

    /** Takes a peer out of every room and forgets it. Cannot be refused: what the directory misses is repaired. */
    public Future<Void> exit(LocalPeer peer, LeaveReason reason) {
        census.remove(peer);
        List<Future<?>> departures = new ArrayList<>();
        for (Name name : List.copyOf(peer.rooms())) {
            census.room(name).ifPresent(room -> departures.add(leaveFor(room, peer, reason)));
        }
        return Future.join(departures)
                .otherwiseEmpty()
                .compose(gone -> directory.removeSession(peer.id(), census.self()))
                .onFailure(failure -> repair.forgetLater(peer.id()))
                .otherwiseEmpty();
    }

    /** Enters a room and delivers {@code joined} to the peer. */
    public Future<Void> join(LocalPeer peer, Join request, Optional<Payload> data) {
        return enterRoom(peer, request, data)
                .onSuccess(joined -> facts.joinEnded(JoinResult.JOINED))
                .onFailure(failure -> facts.joinEnded(JoinResult.of(failure)));
    }

    private Future<Void> enterRoom(LocalPeer peer, Join request, Optional<Payload> data) {
        if (peer.rooms().contains(request.room())) {
            return refuse(ErrorCode.ALREADY_JOINED, "room: already a member");
        }
        if (peer.rooms().size() >= limits.rooms()) {
            return refuse(
                    ErrorCode.TOO_MANY, "rooms: " + limits.rooms() + " joined (expected: < " + limits.rooms() + ")");
        }
        Room room = census.openRoom(request.room());
        Promise<SeatClaims.Seat> taken = Promise.promise();
        Future<Void> entered = taken.future().compose(seat -> {
            Member member = new Member(peer.id(), seat.order(), peer.user(), data);
            peer.beginJoin();
            room.admit(peer, member);
            List<OwnedMember> joiner = List.of(new OwnedMember(member, 0));
            concerned(room, seat.nodes()).forEach(node -> room.announcing(repair.announce(room, node, joiner, false)));
            // What is under way for those before it counts as well: it may bring who has left since.
            return Future.join(room.announcements()).otherwiseEmpty().<Void>map(announced -> {
                peer.endJoin(new Joined(
                        request.id(), request.room(), seat.capacity(), seat.order(), room.before(seat.order())));
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
            Promise<Set<NodeId>> freed = Promise.promise();
            Future<Void> departed = freed.future().compose(nodes -> depart(room, peer, nodes, LeaveReason.LEFT));
            room.seats().free(freed);
            return departed;
        });
    }

    /** Changes what the room sees of the peer. */
    public Future<Void> update(LocalPeer peer, Update request) {
        return membership(peer, request.room()).compose(room -> {
            long version = room.versionOf(peer.id()) + 1;
            room.update(census.self(), peer.id(), version, request.data());
            return tellAll(
                    room.nodesElsewhere(), new NodeRequest.Updated(request.room(), peer.id(), version, request.data()));
        });
    }

    /**
     * Sends a relay on its way.
     *
     * @param readNanos when its frame was read, by {@link System#nanoTime()}
     * @return once it is on its way; with the acknowledgement, which comes when it is delivered on every node concerned
     */
    public Future<Sent> relay(LocalPeer sender, Relay relay, long readNanos) {
        return relay.to().match(to -> toPeer(sender, relay, to, readNanos), to -> toRoom(sender, relay, to, readNanos));
    }

    /** Brings rosters and directory in line where they may not be; called about once a second. */
    public void tick() {
        repair.tick();
    }

    /** What this node knows, for {@code /state}. */
    public JsonObject report() {
        return new StateWriter(census).write();
    }

    private Future<Sent> toPeer(LocalPeer sender, Relay relay, Address.ToPeer to, long readNanos) {
        PeerId target = to.peer();
        Relayed message = new Relayed(relay.type(), sender.id(), Optional.empty(), relay.data(), relay.sequence());
        if (target.equals(sender.id())) {
            return unreachable();
        }
        Optional<LocalPeer> here = census.peer(target);
        if (here.isPresent()) {
            here.get().deliver(message);
            count(relay, RelayPath.LOCAL, readNanos);
            return Future.succeededFuture(new Sent(Future.succeededFuture()));
        }
        NodeRequest forward = new NodeRequest.ForwardToPeer(target, message);
        Optional<NodeId> known = census.locate(target, sender);
        if (known.filter(census.self()::equals).isPresent()) {
            // Its connection has ended, and it is about to leave the room.
            return unreachable();
        }
        if (known.isPresent()) {
            return Future.succeededFuture(forward(sender, relay, target, known.get(), forward, readNanos));
        }
        return directory
                .findSession(target)
                .recover(failure -> refuse(ErrorCode.UNAVAILABLE, "to: the directory does not answer"))
                .compose(found -> {
                    if (found.isEmpty() || found.get().equals(census.self())) {
                        return unreachable();
                    }
                    sender.remember(target, found.get());
                    return Future.succeededFuture(forward(sender, relay, target, found.get(), forward, readNanos));
                });
    }

    private Sent forward(
            LocalPeer sender, Relay relay, PeerId target, NodeId node, NodeRequest forward, long readNanos) {
        Future<Void> acknowledged = ask(node, forward).compose(answer -> {
            if (answer instanceof NodeAnswer.Gone) {
                sender.forget(target);
                facts.dropped(DropReason.PEER_GONE);
                return refuse(ErrorCode.PEER_UNREACHABLE, "to: no such peer");
            }
            return Future.succeededFuture();
        });
        count(relay, RelayPath.REMOTE, readNanos);
        return new Sent(acknowledged);
    }

    private Future<Sent> toRoom(LocalPeer sender, Relay relay, Address.ToRoom to, long readNanos) {
        return membership(sender, to.room()).map(room -> {
            Relayed message =
                    new Relayed(relay.type(), sender.id(), Optional.of(to.room()), relay.data(), relay.sequence());
            room.deliver(message);
            count(relay, RelayPath.LOCAL, readNanos);
            Set<NodeId> nodes = room.nodesElsewhere();
            NodeRequest forward = new NodeRequest.ForwardToRoom(to.room(), message);
            List<Future<?>> acknowledgements = new ArrayList<>();
            nodes.forEach(node -> acknowledgements.add(forward(room, node, forward)));
            if (!nodes.isEmpty()) {
                count(relay, RelayPath.REMOTE, readNanos);
            }
            return new Sent(Future.join(acknowledgements).mapEmpty());
        });
    }

    private Future<Void> forward(Room room, NodeId node, NodeRequest forward) {
        return ask(node, forward).compose(answer -> {
            if (answer instanceof NodeAnswer.Gone) {
                repair.announceAll(room, node);
                return unavailable();
            }
            return Future.succeededFuture();
        });
    }

    private Future<Void> leaveFor(Room room, LocalPeer peer, LeaveReason reason) {
        Promise<Set<NodeId>> freed = Promise.promise();
        Future<Void> departed = freed.future()
                .recover(failure -> {
                    room.seats().forfeit();
                    return Future.succeededFuture(Set.of());
                })
                .compose(nodes -> depart(room, peer, nodes, reason));
        room.seats().free(freed);
        return departed;
    }

    private Future<Void> depart(Room room, LocalPeer peer, Set<NodeId> seated, LeaveReason reason) {
        Set<NodeId> nodes = concerned(room, seated);
        room.remove(census.self(), peer.id(), reason);
        return tellAll(nodes, new NodeRequest.Departed(room.name(), peer.id(), reason));
    }

    /** The nodes that have seats, or of whose members this node knows, and that can be asked. */
    private Set<NodeId> concerned(Room room, Set<NodeId> seated) {
        Set<NodeId> nodes = room.nodesElsewhere();
        nodes.addAll(seated);
        nodes.retainAll(link.others());
        return nodes;
    }

    /** Completes when all have answered; who does not in time learns it from the next comparison, or is gone itself. */
    private Future<Void> tellAll(Set<NodeId> nodes, NodeRequest request) {
        List<Future<?>> asked = new ArrayList<>();
        nodes.forEach(node -> asked.add(link.ask(node, request)));
        return Future.join(asked).otherwiseEmpty().mapEmpty();
    }

    private Future<NodeAnswer> ask(NodeId node, NodeRequest request) {
        return link.ask(node, request).recover(failure -> {
            if (failure instanceof Unreachable unreachable) {
                facts.dropped(unreachable.reason());
                return unavailable();
            }
            return Future.failedFuture(failure);
        });
    }

    private Future<Room> membership(LocalPeer peer, Name name) {
        return census.room(name)
                .filter(room -> room.hasHere(peer.id()))
                .map(Future::succeededFuture)
                .orElseGet(() -> refuse(ErrorCode.NOT_A_MEMBER, "room: not a member"));
    }

    private void count(Relay relay, RelayPath path, long readNanos) {
        facts.relayed(relay.type(), path);
        facts.relayTook(path, System.nanoTime() - readNanos);
    }

    private static <T> Future<T> unavailable() {
        return refuse(ErrorCode.UNAVAILABLE, "node: one of those concerned does not answer");
    }

    private static Future<Sent> unreachable() {
        return refuse(ErrorCode.PEER_UNREACHABLE, "to: no such peer");
    }

    private static <T> Future<T> refuse(ErrorCode code, String text) {
        return Future.failedFuture(new Refusal(code, text));
    }
}
