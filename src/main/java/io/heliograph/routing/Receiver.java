package io.heliograph.routing;

import io.heliograph.protocol.ServerMessage;

/** Where the messages for one peer of this node go. Called on the node's context only. */
@FunctionalInterface
public interface Receiver {

    /** Takes the message at once; it must neither throw nor call the router back. */
    void deliver(ServerMessage message);
}
