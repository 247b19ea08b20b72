package io.heliograph.routing;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import java.util.Set;

/** Tells how long the other nodes took to answer, and how much waits for an answer. */
final class MeasuredLink implements NodeLink {
    private final NodeLink link;
    private final Facts facts;

    MeasuredLink(NodeLink link, Facts facts) {
        this.link = link;
        this.facts = facts;
    }

    @Override
    public NodeId self() {
        return link.self();
    }

    @Override
    public Set<NodeId> others() {
        return link.others();
    }

    @Override
    public Future<NodeAnswer> ask(NodeId to, NodeRequest request) {
        long asked = System.nanoTime();
        Future<NodeAnswer> answered = link.ask(to, request);
        if (answered.cause() instanceof Unreachable unreachable && unreachable.reason() == DropReason.NODE_LOST) {
            // Not asked at all: it is known to be gone.
            return answered;
        }
        facts.nodeAsked();
        return answered.onComplete(answer -> facts.nodeAnswered(answer.succeeded(), System.nanoTime() - asked));
    }

    @Override
    public Future<Void> open(Inbound inbound) {
        return link.open(inbound);
    }
}
