package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;

/**
 * A call as the called peer's node knows it; all that counts is decided by its owner.
 *
 * @param owner the caller's node
 * @param taken whether this peer took it
 */
public record IncomingCall(CallId id, PeerId caller, NodeId owner, boolean taken) {

    IncomingCall asTaken() {
        return new IncomingCall(id, caller, owner, true);
    }

    IncomingCall ownedBy(NodeId node) {
        return new IncomingCall(id, caller, node, taken);
    }
}
