package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.PeerId;
import java.util.List;

/**
 * What a node says of its own part in a crowd.
 *
 * @param takesPart whether it wants to hear of the others; a node with members always does
 * @param departing members besides, which are on other nodes by now: they count here for whoever has not heard of them there
 */
public record Count(Group group, int members, boolean takesPart, List<PeerId> departing) {
    public Count {
        departing = List.copyOf(departing);
    }

    /** Nobody is departing. */
    static Count of(Group group, int members, boolean takesPart) {
        return new Count(group, members, takesPart, List.of());
    }
}
