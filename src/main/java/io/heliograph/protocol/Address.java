package io.heliograph.protocol;

import java.util.function.Function;

/** To whom a relay goes. */
public sealed interface Address {

    /** One peer. */
    record ToPeer(PeerId peer) implements Address {}

    /** All members of a room but the sender. */
    record ToRoom(Name room) implements Address {}

    /** Answers each case; a new kind of address breaks every caller until it is answered. */
    default <R> R match(Function<ToPeer, R> peer, Function<ToRoom, R> room) {
        return this instanceof ToPeer toPeer ? peer.apply(toPeer) : room.apply((ToRoom) this);
    }
}
