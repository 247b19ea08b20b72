package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.NodeId;

/**
 * A call as the called peer's node knows it; all that counts is decided by its owner.
 *
 * @param owner the caller's node
 * @param taken whether this peer took it
 */
record IncomingCall(CallId id, NodeId owner, boolean taken) {

    IncomingCall asTaken() {
        return new IncomingCall(id, owner, true);
    }
}
