package io.heliograph.routing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells senders of what was accepted and is lost all the same, once for each address. */
final class Undelivered {
    private record Cause(PeerId sender, Address address) {}

    private final Census census;
    private final Directory directory;
    private final NodeLink link;
    private final Facts facts;

    // Owned by the node's context.
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
                told.add(tell(cause.sender, new ServerMessage.Dropped(cause.address, count, reason))));
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
                var unused = tell(message.from(), new ServerMessage.Dropped(address, members, whenFull));
            });
        }
    }

    private Future<?> tell(PeerId sender, ServerMessage.Dropped dropped) {
        Optional<LocalPeer> here = census.peer(sender);
        if (here.isPresent()) {
            here.get().deliver(dropped);
            return Future.succeededFuture();
        }
        return directory
                .findSession(sender)
                .compose(found -> found.map(SessionRecord::node)
                        .filter(node -> !node.equals(census.self()))
                        .<Future<?>>map(node -> link.ask(node, new NodeRequest.ForwardToPeer(sender, dropped)))
                        .orElseGet(Future::succeededFuture));
    }
}
