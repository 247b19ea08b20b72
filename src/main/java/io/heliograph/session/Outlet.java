package io.heliograph.session;

import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ServerMessage;

/** The connection as its session sees it. Called on the node's context only. */
public interface Outlet {

    /** Sends a message; answers false, and does nothing, once the connection is closing. */
    boolean push(ServerMessage message);

    /**
     * Ends the connection; {@link Session#ended} follows, not necessarily within this call. Where the reason
     * {@linkplain CloseReason#hearsOut() hears the client out}, what it has sent until it hears so comes first.
     */
    void close(CloseReason reason);

    /** Stops reading further messages while {@code wanted} is false. */
    void wantMore(boolean wanted);
}
