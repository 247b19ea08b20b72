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

    private record Cause(PeerId sender, Address address) {}

    private record Notice(PeerId sender, Dropped dropped, int triesLeft) {}

    private final Census census;
    private final Directory directory;
    private final NodeLink link;
    private final Facts facts;

    // Owned by the node's context.
    private final List<Notice> untold = new ArrayList<>();
    private DropReason whenFull = DropReason.OVERFLOW;

    Undelivered(Census census, Directory directory, NodeLink link, Facts facts) {
        this.census = census;
        this.directory = directory;
        this.link = link;
        this.facts = facts;
    }

    /** What had waited for {@code addressee} will not reach it. Completes when that has been said. */
    Future<Void> tell(PeerId addressee, List<ServerMessage> lost, DropReason reason) {
        Map<Cause, Integer> counts = new LinkedHashMap<>();
        for (ServerMessage message : lost) {
            if (message instanceof Relayed relayed) {
                Address address = relayed.group()
                        .<Address>map(Address.ToGroup::new)
                        .orElseGet(() -> new Address.ToPeer(addressee));
                counts.merge(new Cause(relayed.from(), address), 1, Integer::sum);
                facts.dropped(reason);
            }
        }
        List<Future<?>> told = new ArrayList<>();
        counts.forEach((cause, count) ->
                told.add(tell(new Notice(cause.sender, new Dropped(cause.address, count, reason), TRIES_MAX))));
        return Future.join(told).otherwiseEmpty().mapEmpty();
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
                Address address = new Address.ToGroup(group);
                var unused = tell(new Notice(message.from(), new Dropped(address, members, whenFull), TRIES_MAX));
            });
        }
    }

    /** Tells again whom it could not reach before. Called once a second. */
    void tick() {
        List<Notice> again = List.copyOf(untold);
        untold.clear();
        again.forEach(notice -> {
            var unused = tell(notice);
        });
    }

    private Future<Void> tell(Notice notice) {
        PeerId sender = notice.sender;
        Optional<LocalPeer> here = census.peer(sender);
        if (here.isPresent()) {
            here.get().deliver(notice.dropped);
            return Future.succeededFuture();
        }
        return directory
                .findSession(sender)
                .compose(found -> found.map(record -> tell(census.nodeOf(sender, record.node()), notice))
                        .orElseGet(Future::succeededFuture))
                .onFailure(unreached -> {
                    if (notice.triesLeft > 0) {
                        untold.add(new Notice(sender, notice.dropped, notice.triesLeft - 1));
                    }
                });
    }

    private Future<Void> tell(NodeId node, Notice notice) {
        return node.equals(census.self())
                ? NOT_THERE
                : link.ask(node, new NodeRequest.ForwardToPeer(notice.sender, notice.dropped))
                        .compose(answer -> answer instanceof NodeAnswer.Gone ? NOT_THERE : Future.succeededFuture());
    }
}
