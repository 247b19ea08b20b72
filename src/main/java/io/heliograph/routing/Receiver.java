package io.heliograph.routing;

import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;

/** The connection of one peer of this node. Called on the node's context only. */
public interface Receiver {

    /** Takes the message at once; it must neither throw nor call the router back. */
    void deliver(ServerMessage message);

    /**
     * The session goes on over another connection: this one is to end.
     *
     * @param reason told to its client: {@link CloseReason#RESUMED}, or one after which it may come back
     * @return completes when all that the client had sent has taken effect, or a second later; never fails
     */
    Future<Void> supersede(CloseReason reason);

    /** Whether its client is still there, as far as is known. */
    boolean isOpen();
}
