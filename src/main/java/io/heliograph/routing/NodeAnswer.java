package io.heliograph.routing;

import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
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

    /** What the peer has, which its connection cannot change any more. */
    record Luggage(SessionState state) implements NodeAnswer {}

    /** The calls with the peer that the answering node knows of: those that ring at it, and those that it made. */
    record Arrival(List<IncomingCall> incoming, List<MadeCall> made) implements NodeAnswer {
        public Arrival {
            incoming = List.copyOf(incoming);
            made = List.copyOf(made);
        }
    }

    /** What waited for the peer, in order, and its calls; the answering node has nothing more of it. */
    record Released(List<ServerMessage> queue, List<IncomingCall> incoming, List<MadeCall> made) implements NodeAnswer {
        public Released {
            queue = List.copyOf(queue);
            incoming = List.copyOf(incoming);
            made = List.copyOf(made);
        }
    }

    /** These parts of calls are not as the asking node believes. */
    record Stale(List<CallLeg> legs) implements NodeAnswer {
        public Stale {
            legs = List.copyOf(legs);
        }
    }
}
