package io.heliograph.routing;

import io.heliograph.protocol.Payload;
import io.heliograph.protocol.ServerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What waits for a peer, in order. While nobody knows when it will be fetched, only so much of it: as much of calls as of relays,
 * so that who calls again and again takes no room from what was said.
 */
final class Mailbox {
    /** Protocol page, "Resuming". */
    static final int FRAMES_MAX = 256;

    static final int BYTES_MAX = 1 << 20;
    private static final int BYTES_BESIDE_DATA = 128;

    /** How much there is of one kind. */
    private static final class Load {
        private int frames;
        private int bytes;

        void add(int size) {
            frames++;
            bytes += size;
        }

        boolean hasRoomFor(int size) {
            return frames < FRAMES_MAX && bytes + size <= BYTES_MAX;
        }
    }

    private List<ServerMessage> held = new ArrayList<>();
    private Load relays = new Load();
    private Load calls = new Load();

    /** Keeps it, however much there is. */
    void add(ServerMessage message) {
        held.add(message);
        if (message instanceof ServerMessage.Relayed relay) {
            relays.add(sizeOf(relay.data()));
        } else if (message instanceof ServerMessage.Ring ring) {
            calls.add(sizeOf(ring.data()));
        }
    }

    /** Whether a relay or a call still fits. What follows from these always does: there is little of it. */
    boolean hasRoomFor(ServerMessage message) {
        if (message instanceof ServerMessage.Relayed relay) {
            return relays.hasRoomFor(sizeOf(relay.data()));
        }
        return !(message instanceof ServerMessage.Ring ring) || calls.hasRoomFor(sizeOf(ring.data()));
    }

    /** What of it counts against the limit. */
    int bytes() {
        return relays.bytes + calls.bytes;
    }

    /** Empties it. */
    List<ServerMessage> takeAll() {
        List<ServerMessage> taken = held;
        held = new ArrayList<>();
        relays = new Load();
        calls = new Load();
        return taken;
    }

    private static int sizeOf(Optional<Payload> data) {
        return BYTES_BESIDE_DATA + data.map(Payload::length).orElse(0);
    }
}
