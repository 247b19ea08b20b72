package io.heliograph.session;

import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ServerMessage;

/** The connection as its session sees it. Called on the node's context only. */
public interface Outlet {

    /** Sends a message; without effect once the connection is closing. */
    void push(ServerMessage message);

    /**
     * Ends the connection; {@link Session#ended} follows, not necessarily within this call. Where the session goes on elsewhere,
     * what the client has sent until it hears so still comes first.
     */
    void close(CloseReason reason);

    /** Stops reading further messages while {@code wanted} is false. */
    void wantMore(boolean wanted);
}
