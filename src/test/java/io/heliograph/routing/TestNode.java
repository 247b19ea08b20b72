package io.heliograph.routing;

import io.heliograph.protocol.NodeId;

/** A node under test. */
public interface TestNode {
    NodeId id();

    Router router();

    /** Runs {@code action} on the node's context, later or now. */
    void run(Runnable action);
}
