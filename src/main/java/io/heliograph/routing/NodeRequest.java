package io.heliograph.routing;

import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import java.util.List;
import java.util.Map;

/** What one node asks of another. Every request is answered with a {@link NodeAnswer}. */
public sealed interface NodeRequest {

    /** Answers one request by its kind. */
    <R> R accept(Cases<R> cases);

    /** Deliver to this peer of yours. Answered {@code Done}, or {@code Gone} if it is not there. */
    record ForwardToPeer(PeerId to, ServerMessage.Relayed message) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.forwardToPeer(this);
        }
    }

    /** Deliver to your members of the room. Answered {@code Done}, or {@code Gone} if you do not know the sender there. */
    record ForwardToRoom(Name room, ServerMessage.Relayed message) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.forwardToRoom(this);
        }
    }

    /**
     * These members of mine are in the room. Answered with the receiver's own members, once no change of its own is under way.
     *
     * @param complete whether these are all that the sender has there
     */
    record Announce(Name room, List<OwnedMember> members, boolean complete) implements NodeRequest {
        public Announce {
            members = List.copyOf(members);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.announce(this);
        }
    }

    /** This member of mine has other data now. Answered {@code Done}. */
    record Updated(Name room, PeerId peer, long version, Payload data) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.updated(this);
        }
    }

    /** This peer of mine is no longer in the room, and its seat is free. Answered {@code Done}. */
    record Departed(Name room, PeerId peer, LeaveReason reason) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.departed(this);
        }
    }

    /** The digests of my members in each room that I believe we share. Answered {@code Done}. */
    record Compare(Map<Name, Long> digests) implements NodeRequest {
        public Compare {
            digests = Map.copyOf(digests);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.compare(this);
        }
    }

    /** Who are your members there? Answered {@code Members}. */
    record Ask(Name room) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.ask(this);
        }
    }

    /** One answer for each kind of request. */
    interface Cases<R> {
        R forwardToPeer(ForwardToPeer forward);

        R forwardToRoom(ForwardToRoom forward);

        R announce(Announce announce);

        R updated(Updated updated);

        R departed(Departed departed);

        R compare(Compare compare);

        R ask(Ask ask);
    }
}
