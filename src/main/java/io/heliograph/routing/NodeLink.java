package io.heliograph.routing;

import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import java.util.Set;

/**
 * The way to the other nodes.
 *
 * <ol>
 *   <li>What this node sends to another, requests and answers alike, MUST reach it in the order sent, once or not at all.
 *   <li>A request that was not answered within 2 s, or whose node went away, MUST fail with {@link Unreachable}; it may have
 *       taken effect.
 *   <li>All calls, in both directions, MUST happen on this node's context.
 *   <li>{@link Inbound#nodeUp} MUST come before the first request of a node, {@link Inbound#nodeDown} after its last one and
 *       after all requests to it have failed.
 *   <li>The answer to a {@link NodeRequest.Lasting} that comes after its request has failed SHOULD be told by {@link
 *       Inbound#late}, before anything that the other node said after it.
 * </ol>
 */
public interface NodeLink {

    NodeId self();

    /** The other nodes that are up. */
    Set<NodeId> others();

    /** Sends a request; fails at once if {@code to} is not up or too much is under way to it. */
    Future<NodeAnswer> ask(NodeId to, NodeRequest request);

    /** From now on, what comes in goes there. Called once. */
    Future<Void> open(Inbound inbound);

    /** What comes in. */
    interface Inbound {
        Future<NodeAnswer> answer(NodeId from, NodeRequest request);

        /** {@code from} has answered a request of this node that had failed, for want of an answer in time. */
        void late(NodeId from, NodeRequest.Lasting request, NodeAnswer answer);

        void nodeUp(NodeId node);

        void nodeDown(NodeId node);
    }
}
