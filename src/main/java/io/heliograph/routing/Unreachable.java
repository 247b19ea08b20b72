package io.heliograph.routing;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.NodeId;

/** A node did not answer. */
public final class Unreachable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final DropReason reason;

    public Unreachable(NodeId node, DropReason reason) {
        super("node " + node + ": " + reason.label(), null, false, false);
        this.reason = reason;
    }

    public DropReason reason() {
        return reason;
    }
}
