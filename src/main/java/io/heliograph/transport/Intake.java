package io.heliograph.transport;

import io.heliograph.protocol.Limits;

/** The places of a process, which its nodes give away together. */
public final class Intake {
    /** For pages, for polls, and for telling whoever is refused: a tenth, but not too few. */
    private static final int SPARE_MIN = 100;

    private static final int SPARE_SHARE = 10;

    private final Places clients;
    private final Places sockets;

    /** All places are free. */
    public Intake(Limits.Intake limits) {
        this.clients = new Places(limits.connections(), limits.connectionsPerAddress());
        this.sockets = new Places(
                withSpare(limits.connections()),
                limits.connectionsPerAddress() == 0 ? 0 : withSpare(limits.connectionsPerAddress()));
    }

    /** For WebSockets and SockJS sessions. */
    Places clients() {
        return clients;
    }

    /** For connections, whatever they are for. */
    Places sockets() {
        return sockets;
    }

    private static int withSpare(int limit) {
        return limit + Math.max(SPARE_MIN, limit / SPARE_SHARE);
    }
}
