package io.heliograph.routing;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import java.util.Set;

/** The link of a node that is alone. */
public final class LoopbackLink implements NodeLink {
    private final NodeId self;

    public LoopbackLink(NodeId self) {
        this.self = self;
    }

    @Override
    public NodeId self() {
        return self;
    }

    @Override
    public Set<NodeId> others() {
        return Set.of();
    }

    @Override
    public Future<NodeAnswer> ask(NodeId to, NodeRequest request) {
        return Future.failedFuture(new Unreachable(to, DropReason.NODE_LOST));
    }

    @Override
    public Future<Void> open(Inbound inbound) {
        return Future.succeededFuture();
    }
}
