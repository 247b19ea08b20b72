package io.heliograph.routing;

import java.util.List;

/** What a node answers to a {@link NodeRequest}. */
public sealed interface NodeAnswer {

    /** It has taken effect. */
    record Done() implements NodeAnswer {}

    /** Who it is about is not here. */
    record Gone() implements NodeAnswer {}

    /** All members of the room that the answering node owns. */
    record Members(List<OwnedMember> members) implements NodeAnswer {
        public Members {
            members = List.copyOf(members);
        }
    }
}
