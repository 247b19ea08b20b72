package io.heliograph.routing;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Does what other nodes ask. What they forward is delivered here or dropped, never forwarded again. */
final class Responder implements NodeLink.Inbound {
    private static final NodeAnswer DONE = new NodeAnswer.Done();
    private static final NodeAnswer GONE = new NodeAnswer.Gone();

    private final Census census;
    private final Repair repair;
    private final Facts facts;

    Responder(Census census, Repair repair, Facts facts) {
        this.census = census;
        this.repair = repair;
        this.facts = facts;
    }

    @Override
    public Future<NodeAnswer> answer(NodeId from, NodeRequest request) {
        return request.accept(new Answers(from));
    }

    @Override
    public void nodeUp(NodeId node) {
        repair.assertEverything();
        repair.compare(node);
    }

    @Override
    public void nodeDown(NodeId node) {
        census.rooms().forEach(room -> room.removeAllOf(node));
        census.peers().forEach(peer -> peer.forgetAllOn(node));
        repair.forget(node);
    }

    private final class Answers implements NodeRequest.Cases<Future<NodeAnswer>> {
        private final NodeId from;

        Answers(NodeId from) {
            this.from = from;
        }

        @Override
        public Future<NodeAnswer> forwardToPeer(NodeRequest.ForwardToPeer forward) {
            Optional<LocalPeer> target = census.peer(forward.to());
            target.ifPresent(peer -> peer.deliver(forward.message()));
            return Future.succeededFuture(target.isPresent() ? DONE : GONE);
        }

        @Override
        public Future<NodeAnswer> forwardToRoom(NodeRequest.ForwardToRoom forward) {
            Optional<Room> room = census.room(forward.room());
            boolean known = room.filter(
                            r -> from.equals(r.nodeOf(forward.message().from())))
                    .isPresent();
            if (known) {
                room.ifPresent(r -> r.deliver(forward.message()));
            } else if (room.filter(Room::hasArrivedHere).isPresent()) {
                // An announcement was lost. Whoever is still on the way in here has no claim to what was sent before.
                facts.dropped(DropReason.PEER_GONE);
                return Future.succeededFuture(GONE);
            }
            return Future.succeededFuture(DONE);
        }

        @Override
        public Future<NodeAnswer> announce(NodeRequest.Announce announce) {
            Optional<Room> known = census.room(announce.room());
            if (known.isEmpty()) {
                return Future.succeededFuture(new NodeAnswer.Members(List.of()));
            }
            Room room = known.get();
            room.merge(from, announce.members(), announce.complete());
            // While a change is under way, a joiner of this node may have been first: the other must hear of it.
            Promise<NodeAnswer> answer = Promise.promise();
            room.afterChange(() -> answer.complete(members(announce.room())));
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
            differing.forEach(room -> repair.ask(room, from));
            return Future.succeededFuture(DONE);
        }

        @Override
        public Future<NodeAnswer> ask(NodeRequest.Ask ask) {
            return Future.succeededFuture(members(ask.room()));
        }

        private NodeAnswer members(Name name) {
            return new NodeAnswer.Members(
                    census.room(name).map(room -> room.membersOf(census.self())).orElse(List.of()));
        }
    }
}
