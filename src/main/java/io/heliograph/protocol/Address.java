package io.heliograph.protocol;

import java.util.function.Function;

/** To whom a relay goes. */
public sealed interface Address {

    /** One peer. */
    record ToPeer(PeerId peer) implements Address {}

    /** All peers of a group but the sender. */
    record ToGroup(Group group) implements Address {}

    /** Whether it stands for the subscribers of a topic. */
    default boolean isTopic() {
        return match(peer -> false, group -> group.group().kind() == GroupKind.TOPIC);
    }

    /** Answers each case; a new kind of address breaks every caller until it is answered. */
    default <R> R match(Function<ToPeer, R> peer, Function<ToGroup, R> group) {
        return this instanceof ToPeer toPeer ? peer.apply(toPeer) : group.apply((ToGroup) this);
    }
}
