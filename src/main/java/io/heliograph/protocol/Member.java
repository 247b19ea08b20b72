package io.heliograph.protocol;

import java.util.Optional;

/**
 * One peer in a room, as the others see it.
 *
 * @param order join number: of two members the one with the lower order was there first
 */
public record Member(PeerId peer, long order, Optional<Name> user, Optional<Payload> data) {

    /** The same member with other data. */
    public Member withData(Payload newData) {
        return new Member(peer, order, user, Optional.of(newData));
    }
}
