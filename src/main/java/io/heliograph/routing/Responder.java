package io.heliograph.routing;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Does what other nodes ask. What they forward is delivered here or dropped, never forwarded again. */
final class Responder implements NodeLink.Inbound {
    private static final NodeAnswer DONE = new NodeAnswer.Done();
    private static final NodeAnswer GONE = new NodeAnswer.Gone();

    private final Census census;
    private final Repair repair;
    private final CallDesk desk;
    private final Departures departures;
    private final Arrivals arrivals;
    private final Orphans orphans;
    private final Revenants revenants;
    private final Undelivered undelivered;
    private final NodeLink link;
    private final Facts facts;

    Responder(
            Census census,
            Repair repair,
            CallDesk desk,
            Departures departures,
            Arrivals arrivals,
            Orphans orphans,
            Revenants revenants,
            Undelivered undelivered,
            NodeLink link,
            Facts facts) {
        this.census = census;
        this.repair = repair;
        this.desk = desk;
        this.departures = departures;
        this.arrivals = arrivals;
        this.orphans = orphans;
        this.revenants = revenants;
        this.undelivered = undelivered;
        this.link = link;
        this.facts = facts;
    }

    @Override
    public Future<NodeAnswer> answer(NodeId from, NodeRequest request) {
        return request.accept(new Answers(from));
    }

    @Override
    public void late(NodeId from, NodeRequest.Lasting request, NodeAnswer answer) {
        if (request instanceof NodeRequest.Arrived arrived) {
            arrivals.told(from, arrived);
        } else if (request instanceof NodeRequest.Release release && answer instanceof NodeAnswer.Released released) {
            // The peer has gone on without: what is delivered now would come behind what was sent later.
            var unused = undelivered.tell(release.peer(), released.queue(), DropReason.NODE_LOST);
        }
    }

    @Override
    public void nodeUp(NodeId node) {
        orphans.nodeUp(node);
        revenants.expect();
        repair.assertEverything();
        repair.compare(node);
    }

    @Override
    public void nodeDown(NodeId node) {
        census.peers().forEach(peer -> peer.forgetAllOn(node));
        desk.forget(node);
        repair.forget(node);
        departures.forget(node);
        arrivals.forget(node);
        orphans.nodeDown(node);
    }

    private final class Answers implements NodeRequest.Cases<Future<NodeAnswer>> {
        private final NodeId from;

        Answers(NodeId from) {
            this.from = from;
        }

        @Override
        public Future<NodeAnswer> forwardToPeer(NodeRequest.ForwardToPeer forward) {
            PeerId to = forward.to();
            if (!arrivals.expects(to)) {
                return toPeer(forward);
            }
            // Whoever has just found it here may have sent to its groups, on the node on which it was, before.
            int asked = census.ticks();
            return arrivals.settled(to)
                    .transform(settled -> census.hasGivenUp(asked) ? Future.succeededFuture(GONE) : toPeer(forward));
        }

        private Future<NodeAnswer> toPeer(NodeRequest.ForwardToPeer forward) {
            boolean delivered = census.peer(forward.to())
                    .filter(peer -> !peer.isDeparting() || peer.hears(from))
                    .filter(peer -> peer.deliver(forward.message()))
                    .isPresent();
            return Future.succeededFuture(delivered ? DONE : GONE);
        }

        @Override
        public Future<NodeAnswer> forwardToGroup(NodeRequest.ForwardToGroup forward) {
            Group group = forward.group();
            return Future.succeededFuture(
                    group.kind() == GroupKind.ROOM
                            ? toRoom(group.name(), forward.message())
                            : toCrowd(group, forward.message()));
        }

        private NodeAnswer toRoom(Name name, ServerMessage.Relayed message) {
            Optional<Room> room = census.room(name);
            boolean known =
                    room.filter(r -> from.equals(r.nodeOf(message.from()))).isPresent();
            if (known) {
                room.ifPresent(r -> undelivered.full(r.deliver(from, message), message));
                return DONE;
            }
            room.ifPresent(r -> undelivered.full(r.deliverToMoving(from, message), message));
            if (room.filter(Room::hasArrivedHere).isPresent()) {
                // An announcement was lost. Whoever is still on the way in here has no claim to what was sent before.
                facts.dropped(DropReason.PEER_GONE);
                return GONE;
            }
            return DONE;
        }

        private NodeAnswer toCrowd(Group group, ServerMessage.Relayed message) {
            Optional<Crowd> crowd = census.crowd(group);
            crowd.ifPresent(c -> undelivered.full(c.deliver(from, message), message));
            boolean reached = crowd.filter(c -> !c.hearing(from).isEmpty()).isPresent();
            return reached || group.kind() == GroupKind.TOPIC ? DONE : GONE;
        }

        @Override
        public Future<NodeAnswer> announce(NodeRequest.Announce announce) {
            Optional<Room> known = census.room(announce.room());
            if (known.isEmpty()) {
                return Future.succeededFuture(members(announce.room()));
            }
            Room room = known.get();
            if (announce.complete()) {
                repair.takeOver(room, from, announce.members());
            } else {
                room.merge(from, announce.members());
            }
            // While a change is under way, a joiner of this node may have been first: the other must hear of it.
            Promise<NodeAnswer> answer = Promise.promise();
            room.seats().afterChange(() -> answer.complete(members(announce.room())));
            return answer.future();
        }

        @Override
        public Future<NodeAnswer> updated(NodeRequest.Updated updated) {
            census.room(updated.room())
                    .ifPresent(room -> room.update(from, updated.peer(), updated.version(), updated.data()));
            return Future.succeededFuture(DONE);
        }

        @Override
        public Future<NodeAnswer> departed(NodeRequest.Departed departed) {
            census.room(departed.room()).ifPresent(room -> room.remove(from, departed.peer(), departed.reason()));
            return Future.succeededFuture(DONE);
        }

        @Override
        public Future<NodeAnswer> compare(NodeRequest.Compare compare) {
            List<Room> differing = new ArrayList<>();
            for (Room room : census.rooms()) {
                long said = compare.digests().getOrDefault(room.name(), 0L);
                if (room.digestOf(from) != said) {
                    differing.add(room);
                }
            }
            differing.forEach(room -> {
                facts.rosterRepaired();
                repair.ask(room, from);
            });
            return Future.succeededFuture(DONE);
        }

        @Override
        public Future<NodeAnswer> ask(NodeRequest.Ask ask) {
            return Future.succeededFuture(members(ask.room()));
        }

        @Override
        public Future<NodeAnswer> seek(NodeRequest.Seek seek) {
            return orphans.answer(seek);
        }

        @Override
        public Future<NodeAnswer> counts(NodeRequest.Counts counts) {
            List<Future<?>> settled = new ArrayList<>();
            for (Count count : counts.counts()) {
                census.merge(from, count);
                census.crowd(count.group()).ifPresent(crowd -> {
                    Promise<Void> changed = Promise.promise();
                    crowd.seats().afterChange(changed::complete);
                    settled.add(changed.future());
                });
            }
            // Counted in the turn in which it is sent: who arrives is told in another message, which must not overtake
            // it.
            return Future.all(settled)
                    .map(all -> new NodeAnswer.Counts(counts.counts().stream()
                            .map(Count::group)
                            .map(group -> census.crowd(group)
                                    .map(crowd -> crowd.count(from))
                                    .orElse(Count.of(group, 0, false)))
                            .toList()));
        }

        @Override
        public Future<NodeAnswer> ring(NodeRequest.Ring ring) {
            return desk.ring(from, ring);
        }

        @Override
        public Future<NodeAnswer> accept(NodeRequest.Accept accept) {
            return desk.accept(accept);
        }

        @Override
        public Future<NodeAnswer> withdraw(NodeRequest.Withdraw withdraw) {
            return desk.withdraw(withdraw);
        }

        @Override
        public Future<NodeAnswer> endCall(NodeRequest.EndCall end) {
            return desk.endCall(end);
        }

        @Override
        public Future<NodeAnswer> compareCalls(NodeRequest.CompareCalls compare) {
            return desk.compare(compare);
        }

        @Override
        public Future<NodeAnswer> handOver(NodeRequest.HandOver handOver) {
            return departures.handOver(handOver);
        }

        @Override
        public Future<NodeAnswer> arrived(NodeRequest.Arrived arrived) {
            departures.begin(from, arrived);
            orphans.returned(arrived.peer());
            arrived.rooms().forEach((name, member) -> census.room(name).ifPresent(room -> room.place(from, member)));
            boolean news = census.moved(arrived.peer(), from);
            if (news) {
                arrived.crowds()
                        .forEach(group -> census.crowd(group)
                                .ifPresent(crowd -> crowd.move(arrived.from(), from, census.self())));
            }
            departures.follow(arrived);
            NodeAnswer calls = desk.moved(arrived.peer(), from);
            if (!arrived.from().equals(census.self())) {
                Future<?> switched =
                        link.ask(arrived.from(), new NodeRequest.Switched(arrived.peer(), arrived.epoch()));
                if (news) {
                    census.goneOn(arrived.peer(), arrived.from(), arrived.crowds(), switched);
                }
            }
            return Future.succeededFuture(calls);
        }

        @Override
        public Future<NodeAnswer> switched(NodeRequest.Switched switched) {
            return departures.switched(from, switched);
        }

        @Override
        public Future<NodeAnswer> release(NodeRequest.Release release) {
            return departures.release(release);
        }

        private NodeAnswer members(Name name) {
            List<OwnedMember> members = new ArrayList<>();
            census.room(name).ifPresent(room -> members.addAll(room.membersFor(from)));
            Set<NodeId> others = link.others();
            census.onTheirWay(Group.room(name), node -> !others.contains(node) && !node.equals(census.self()))
                    .forEach((peer, settling) ->
                            members.add(OwnedMember.recorded(peer, settling.before(), name, settling.epoch())));
            return new NodeAnswer.Members(members);
        }
    }
}
