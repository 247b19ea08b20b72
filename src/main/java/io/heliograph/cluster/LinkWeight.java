package io.heliograph.cluster;

import io.heliograph.protocol.Payload;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeRequest;
import io.heliograph.routing.OwnedMember;
import io.heliograph.routing.SessionState;
import java.util.Collection;
import java.util.Optional;

/** About how many bytes a frame takes on its way to another node: what clients put into it, and a guess for the rest. */
final class LinkWeight implements NodeRequest.Cases<Integer> {
    private static final LinkWeight REQUESTS = new LinkWeight();
    private static final int ENTRY_BYTES = 128;

    private LinkWeight() {}

    static int of(LinkFrame frame) {
        if (frame instanceof LinkFrame.Request request) {
            return request.body().accept(REQUESTS);
        }
        return frame instanceof LinkFrame.Answer answer ? of(answer.body()) : ENTRY_BYTES;
    }

    private static int of(NodeAnswer answer) {
        if (answer instanceof NodeAnswer.Members members) {
            return members(members.members());
        } else if (answer instanceof NodeAnswer.Counts counts) {
            return entries(counts.counts().size());
        } else if (answer instanceof NodeAnswer.Rung rung) {
            return entries(rung.peers().size());
        } else if (answer instanceof NodeAnswer.Luggage luggage) {
            return state(luggage.state());
        } else if (answer instanceof NodeAnswer.Arrival arrival) {
            return entries(arrival.incoming().size() + arrival.made().size());
        } else if (answer instanceof NodeAnswer.Released released) {
            return entries(released.incoming().size() + released.made().size())
                    + released.queue().stream().mapToInt(LinkWeight::of).sum();
        }
        return answer instanceof NodeAnswer.Stale stale ? entries(stale.legs().size()) : ENTRY_BYTES;
    }

    /** Of what one node delivers for another, the kinds that carry data. */
    private static int of(ServerMessage message) {
        if (message instanceof ServerMessage.Relayed relayed) {
            return data(relayed.data());
        } else if (message instanceof ServerMessage.Ring ring) {
            return data(ring.data());
        }
        return message instanceof ServerMessage.Accepted accepted ? data(accepted.data()) : ENTRY_BYTES;
    }

    @Override
    public Integer forwardToPeer(NodeRequest.ForwardToPeer forward) {
        return of(forward.message()) + trace(forward);
    }

    @Override
    public Integer forwardToGroup(NodeRequest.ForwardToGroup forward) {
        return data(forward.message().data()) + trace(forward);
    }

    @Override
    public Integer announce(NodeRequest.Announce announce) {
        return members(announce.members());
    }

    @Override
    public Integer updated(NodeRequest.Updated updated) {
        return data(Optional.of(updated.data()));
    }

    @Override
    public Integer departed(NodeRequest.Departed departed) {
        return ENTRY_BYTES;
    }

    @Override
    public Integer compare(NodeRequest.Compare compare) {
        return entries(compare.digests().size());
    }

    @Override
    public Integer ask(NodeRequest.Ask ask) {
        return ENTRY_BYTES;
    }

    @Override
    public Integer seek(NodeRequest.Seek seek) {
        return ENTRY_BYTES;
    }

    @Override
    public Integer counts(NodeRequest.Counts counts) {
        return entries(counts.counts().size());
    }

    @Override
    public Integer ring(NodeRequest.Ring ring) {
        return data(ring.message().data());
    }

    @Override
    public Integer accept(NodeRequest.Accept accept) {
        return data(accept.data());
    }

    @Override
    public Integer withdraw(NodeRequest.Withdraw withdraw) {
        return ENTRY_BYTES;
    }

    @Override
    public Integer endCall(NodeRequest.EndCall end) {
        return entries(end.peers().size());
    }

    @Override
    public Integer compareCalls(NodeRequest.CompareCalls compare) {
        return entries(compare.legs().size());
    }

    @Override
    public Integer handOver(NodeRequest.HandOver handOver) {
        return ENTRY_BYTES;
    }

    @Override
    public Integer arrived(NodeRequest.Arrived arrived) {
        return entries(arrived.crowds().size()) + members(arrived.rooms().values());
    }

    @Override
    public Integer switched(NodeRequest.Switched switched) {
        return ENTRY_BYTES;
    }

    @Override
    public Integer release(NodeRequest.Release release) {
        return entries(release.awaited().size());
    }

    private static int state(SessionState state) {
        return data(state.data())
                + state.rooms().stream().mapToInt(room -> data(room.data())).sum()
                + entries(state.topics().size()
                        + state.watching().size()
                        + state.calls().size()
                        + state.acquaintances().size());
    }

    private static int members(Collection<OwnedMember> members) {
        return ENTRY_BYTES
                + members.stream()
                        .mapToInt(owned -> data(owned.member().data()))
                        .sum();
    }

    private static int trace(NodeRequest request) {
        return request.trace().map(String::length).orElse(0);
    }

    private static int entries(int count) {
        return (1 + count) * ENTRY_BYTES;
    }

    private static int data(Optional<Payload> data) {
        return ENTRY_BYTES + data.map(Payload::length).orElse(0);
    }
}
