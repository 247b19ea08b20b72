package io.heliograph.routing;

import io.heliograph.protocol.PeerId;
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

    /** The answering node's own part in each of the crowds. */
    record Counts(List<Count> counts) implements NodeAnswer {
        public Counts {
            counts = List.copyOf(counts);
        }
    }

    /** The call rings at these peers of the answering node. */
    record Rung(List<PeerId> peers) implements NodeAnswer {
        public Rung {
            peers = List.copyOf(peers);
        }
    }

    /** These parts of calls are not as the asking node believes. */
    record Stale(List<CallLeg> legs) implements NodeAnswer {
        public Stale {
            legs = List.copyOf(legs);
        }
    }
}
