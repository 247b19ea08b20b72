package io.heliograph.routing;

import io.heliograph.protocol.ServerMessage;
import java.util.ArrayList;
import java.util.List;

/** What waits for a peer, in order. While nobody knows when it will be fetched, only so much of it. */
final class Mailbox {
    /** Protocol page, "Resuming". */
    static final int FRAMES_MAX = 256;

    static final int BYTES_MAX = 1 << 20;
    private static final int BYTES_BESIDE_DATA = 128;

    private List<ServerMessage> held = new ArrayList<>();
    private int relayedBytes;
    private int relayed;

    /** Keeps it, however much there is. */
    void add(ServerMessage message) {
        held.add(message);
        if (message instanceof ServerMessage.Relayed relay) {
            relayed++;
            relayedBytes += sizeOf(relay);
        }
    }

    /** Whether a relay still fits. What the server itself has to say always does: there is little of it. */
    boolean hasRoomFor(ServerMessage message) {
        return !(message instanceof ServerMessage.Relayed relay)
                || (relayed < FRAMES_MAX && relayedBytes + sizeOf(relay) <= BYTES_MAX);
    }

    /** Empties it. */
    List<ServerMessage> takeAll() {
        List<ServerMessage> taken = held;
        held = new ArrayList<>();
        relayed = 0;
        relayedBytes = 0;
        return taken;
    }

    private static int sizeOf(ServerMessage.Relayed relay) {
        return BYTES_BESIDE_DATA + relay.data().map(data -> data.length()).orElse(0);
    }
}
