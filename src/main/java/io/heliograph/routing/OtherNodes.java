package io.heliograph.routing;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Refusal;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Asks other nodes on behalf of clients: what goes wrong is counted, and becomes the refusal that a client gets. */
final class OtherNodes {
    private final NodeLink link;
    private final Facts facts;

    OtherNodes(NodeLink link, Facts facts) {
        this.link = link;
        this.facts = facts;
    }

    /** Those of {@code nodes} that can be asked. */
    Set<NodeId> present(Set<NodeId> nodes) {
        Set<NodeId> present = new HashSet<>(nodes);
        present.retainAll(link.others());
        return present;
    }

    /** Fails with {@code unavailable} where the node does not answer. */
    Future<NodeAnswer> ask(NodeId node, NodeRequest request) {
        return link.ask(node, request).recover(failure -> {
            if (failure instanceof Unreachable unreachable) {
                facts.dropped(unreachable.reason());
                return unavailable();
            }
            return Future.failedFuture(failure);
        });
    }

    /** Completes when all have answered; who does not in time learns it from the next comparison, or is gone itself. */
    Future<Void> tellAll(Set<NodeId> nodes, NodeRequest request) {
        return tellAll(nodes, node -> request);
    }

    /** The same where each is told something else. */
    Future<Void> tellAll(Set<NodeId> nodes, Function<NodeId, NodeRequest> request) {
        List<Future<?>> asked = new ArrayList<>();
        nodes.forEach(node -> asked.add(link.ask(node, request.apply(node))));
        return Future.join(asked).otherwiseEmpty().mapEmpty();
    }

    /** One of the nodes concerned does not answer. */
    static <T> Future<T> unavailable() {
        return Future.failedFuture(new Refusal(ErrorCode.UNAVAILABLE, "node: one of those concerned does not answer"));
    }
}
