package io.heliograph.routing;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one node asks of another. Every request is answered with a {@link NodeAnswer}. */
public sealed interface NodeRequest {

    /** Answers one request by its kind. */
    <R> R accept(Cases<R> cases);

    /** By what the receiver follows it, where somebody does; see {@link io.heliograph.protocol.Traces}. */
    default Optional<String> trace() {
        return Optional.empty();
    }

    /** One whose answer counts although it comes too late: see {@link NodeLink.Inbound#late}. */
    sealed interface Lasting extends NodeRequest {}

    /** Deliver to this peer of yours. Answered {@code Done}, or {@code Gone} if it is not there. */
    record ForwardToPeer(PeerId to, ServerMessage message, Optional<String> trace) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.forwardToPeer(this);
        }
    }

    /**
     * Deliver to your peers of the group by which the message goes. Answered {@code Done}, or {@code Gone} if it is a room and you
     * do not know the sender there, or a user and you have no peer of it.
     */
    record ForwardToGroup(ServerMessage.Relayed message, Optional<String> trace) implements NodeRequest {
        Group group() {
            return message.group().orElseThrow();
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.forwardToGroup(this);
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
            digests = Collections.unmodifiableMap(new TreeMap<>(digests));
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

    /**
     * Which members of {@code gone}, a node that does not answer me, are on their way to you? Answered {@code Members} for a room,
     * else {@code Counts} of one that has them as departing, once you know what has become of the claims that you are making.
     */
    record Seek(Group group, NodeId gone) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.seek(this);
        }
    }

    /** My part in these crowds. Answered {@code Counts}: the receiver's own, once no change of it is under way. */
    record Counts(List<Count> counts) implements NodeRequest {
        public Counts {
            counts = List.copyOf(counts);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.counts(this);
        }
    }

    /** Ring at your peers of {@code callee}, but not at the caller. Answered {@code Rung}. */
    record Ring(Name callee, ServerMessage.Ring message) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.ring(this);
        }
    }

    /** This peer of mine takes your call. Answered {@code Done}, or {@code Gone} if it cannot be had any more. */
    record Accept(CallId call, PeerId caller, PeerId by, Optional<Payload> data) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.accept(this);
        }
    }

    /** This peer of mine wants no part in your call any more. Answered {@code Done}, or {@code Gone} if it has none. */
    record Withdraw(CallId call, PeerId caller, PeerId by, Withdrawal how, CallEnding reason) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.withdraw(this);
        }
    }

    /** My call has ended for these peers of yours. Answered {@code Done}. */
    record EndCall(CallId call, List<PeerId> peers, CallEnding reason) implements NodeRequest {
        public EndCall {
            peers = List.copyOf(peers);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.endCall(this);
        }
    }

    /** What I believe of calls between us. Answered {@code Stale}: those of it that are not so. */
    record CompareCalls(List<CallLeg> legs) implements NodeRequest {
        public CompareCalls {
            legs = List.copyOf(legs);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.compareCalls(this);
        }
    }

    /**
     * I have claimed the session of this peer of yours: let go of its connection. Answered {@code Luggage}, or {@code Gone} if you
     * do not have it.
     */
    record HandOver(PeerId peer, long epoch) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.handOver(this);
        }
    }

    /**
     * This peer is here now: all that is for it goes to me. Answered {@code Arrival}. Before that, {@code from} is told
     * {@link Switched}.
     *
     * @param from the node on which it was
     * @param rooms it as a member of each of its rooms
     * @param crowds its topics and its user
     */
    record Arrived(PeerId peer, long epoch, NodeId from, Map<Name, OwnedMember> rooms, List<Group> crowds)
            implements Lasting {
        public Arrived {
            rooms = Collections.unmodifiableMap(new TreeMap<>(rooms));
            crowds = List.copyOf(crowds);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.arrived(this);
        }
    }

    /** I know that this peer is no longer at you: you get nothing more for it from me. Answered {@code Done}. */
    record Switched(PeerId peer, long epoch) implements NodeRequest {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.switched(this);
        }
    }

    /**
     * Give me what you still have for this peer, once {@code awaited} have told you {@link Switched}. Answered {@code Released}, or
     * {@code Gone}.
     */
    record Release(PeerId peer, long epoch, Set<NodeId> awaited) implements Lasting {
        public Release {
            awaited = Collections.unmodifiableSet(new TreeSet<>(awaited));
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.release(this);
        }
    }

    /** One answer for each kind of request. */
    interface Cases<R> {
        R forwardToPeer(ForwardToPeer forward);

        R forwardToGroup(ForwardToGroup forward);

        R announce(Announce announce);

        R updated(Updated updated);

        R departed(Departed departed);

        R compare(Compare compare);

        R ask(Ask ask);

        R seek(Seek seek);

        R counts(Counts counts);

        R ring(Ring ring);

        R accept(Accept accept);

        R withdraw(Withdraw withdraw);

        R endCall(EndCall end);

        R compareCalls(CompareCalls compare);

        R handOver(HandOver handOver);

        R arrived(Arrived arrived);

        R switched(Switched switched);

        R release(Release release);
    }
}
