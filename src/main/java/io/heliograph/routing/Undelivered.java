package io.heliograph.routing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Dropped;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells senders of what was accepted and is lost all the same, once for each address. */
final class Undelivered {
    /** Once a second: for as long as a cluster that was in parts takes to come together. */
    private static final int TRIES_MAX = 30;

    private static final Future<Void> NOT_THERE = Future.failedFuture("on its way elsewhere");

    private record Cause(PeerId sender, Address address, DropReason reason) {}

    /** How many messages their sender has yet to be told of. */
    private record Owed(int count, int triesLeft) {
        Owed and(Owed more) {
            return new Owed(count + more.count, Math.max(triesLeft, more.triesLeft));
        }
    }

    private final Census census;
    private final Directory directory;
    private final NodeLink link;
    private final Facts facts;

    // Owned by the node's context.
    private final Map<Cause, Owed> untold = new LinkedHashMap<>();
    private DropReason whenFull = DropReason.OVERFLOW;

    Undelivered(Census census, Directory directory, NodeLink link, Facts facts) {
        this.census = census;
        this.directory = directory;
        this.link = link;
        this.facts = facts;
    }

    /** What had waited for {@code addressee} will not reach it. Completes when that has been said. */
    Future<Void> tell(PeerId addressee, List<ServerMessage> lost, DropReason reason) {
        Map<Cause, Owed> owed = new LinkedHashMap<>();
        for (ServerMessage message : lost) {
            if (message instanceof Relayed relayed) {
                Address address = relayed.group()
                        .<Address>map(Address.ToGroup::new)
                        .orElseGet(() -> new Address.ToPeer(addressee));
                owed.merge(new Cause(relayed.from(), address, reason), new Owed(1, TRIES_MAX), Owed::and);
                facts.dropped(reason);
            }
        }
        return tell(owed);
    }

    /** From now on there is no room for anything, since the node ends. */
    void nodeEnds() {
        whenFull = DropReason.NODE_LOST;
    }

    /** So many members of the group by which the message went had no room for it. */
    void full(int members, Relayed message) {
        if (members > 0) {
            facts.dropped(whenFull);
            message.group().ifPresent(group -> {
                Cause cause = new Cause(message.from(), new Address.ToGroup(group), whenFull);
                var unused = tell(cause, new Owed(members, TRIES_MAX));
            });
        }
    }

    /** A message came too late, as its sender's connection was ending. It is told within a second. */
    void lose(PeerId sender, Address address) {
        facts.dropped(DropReason.NODE_LOST);
        untold.merge(new Cause(sender, address, DropReason.NODE_LOST), new Owed(1, TRIES_MAX), Owed::and);
    }

    /** Tells who is yet to be told; called once a second. Completes when that has been said, or cannot be now. */
    Future<Void> tick() {
        Map<Cause, Owed> owed = new LinkedHashMap<>(untold);
        untold.clear();
        return tell(owed);
    }

    private Future<Void> tell(Map<Cause, Owed> owed) {
        List<Future<?>> told = new ArrayList<>();
        owed.forEach((cause, messages) -> told.add(tell(cause, messages)));
        return Future.join(told).otherwiseEmpty().mapEmpty();
    }

    private Future<Void> tell(Cause cause, Owed messages) {
        PeerId sender = cause.sender;
        Dropped dropped = new Dropped(cause.address, messages.count, cause.reason);
        Optional<LocalPeer> here = census.peer(sender).filter(peer -> peer.hears(census.self()));
        if (here.isPresent()) {
            here.get().deliver(dropped);
            return Future.succeededFuture();
        }
        return directory
                .findSession(sender)
                .compose(found -> found.map(record -> forward(census.nodeOf(sender, record.node()), sender, dropped))
                        .orElseGet(Future::succeededFuture))
                .onFailure(unreached -> {
                    if (messages.triesLeft > 0) {
                        untold.merge(cause, new Owed(messages.count, messages.triesLeft - 1), Owed::and);
                    }
                });
    }

    private Future<Void> forward(NodeId node, PeerId sender, Dropped dropped) {
        return node.equals(census.self())
                ? NOT_THERE
                : link.ask(node, new NodeRequest.ForwardToPeer(sender, dropped, Optional.empty()))
                        .compose(answer -> answer instanceof NodeAnswer.Gone ? NOT_THERE : Future.succeededFuture());
    }
}
