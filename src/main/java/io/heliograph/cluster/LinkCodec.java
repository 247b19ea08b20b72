package io.heliograph.cluster;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeRequest;
import io.heliograph.routing.OwnedMember;
import io.heliograph.routing.SessionState;
import io.heliograph.routing.Withdrawal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The bytes of a {@link LinkBatch} on the event bus: its version, then the other fields in the order of their declaration.
 * Between nodes of one process the batch itself is passed on.
 */
final class LinkCodec implements MessageCodec<LinkBatch, LinkBatch> {
    static final String NAME = "heliograph-link";

    /** The newest version that this process speaks. */
    static final int VERSION = 5;
    /** The oldest; also that of processes that do not say which is their newest. */
    static final int OLDEST_VERSION = 3;

    /** Since then relays may have a trace, and {@code Seek} is understood. */
    private static final int TRACES_AND_SEEK = 4;
    /** Since then a session takes its acquaintances along. */
    private static final int ACQUAINTANCES = 5;

    private static final LeaveReason[] LEAVE_REASONS = LeaveReason.values();
    private static final Withdrawal[] WITHDRAWALS = Withdrawal.values();

    /** What kind of frame follows; the position is the byte on the wire, so new ones go last. */
    private enum Kind {
        HAIL,
        ECHO,
        FAILURE,
        FORWARD_TO_PEER,
        FORWARD_TO_GROUP,
        ANNOUNCE,
        UPDATED,
        DEPARTED,
        COMPARE,
        ASK,
        DONE,
        GONE,
        MEMBERS,
        COUNTS,
        RING,
        ACCEPT,
        WITHDRAW,
        END_CALL,
        COMPARE_CALLS,
        COUNTED,
        RUNG,
        STALE,
        HAND_OVER,
        ARRIVED,
        SWITCHED,
        RELEASE,
        LUGGAGE,
        ARRIVAL,
        RELEASED,
        SEEK;

        private static final Kind[] ALL = values();
    }

    /** Whether a node that speaks this version understands the request. */
    static boolean isUnderstood(NodeRequest request, int version) {
        return version >= TRACES_AND_SEEK || !(request instanceof NodeRequest.Seek);
    }

    @Override
    public void encodeToWire(Buffer buffer, LinkBatch batch) {
        Buffer body = Buffer.buffer();
        LinkWriter out = new LinkWriter(body);
        out.octet(batch.version());
        out.text(batch.from().toString());
        out.number(batch.epoch());
        out.number(batch.number());
        out.list(batch.frames(), frame -> write(out, frame, batch.version()));
        buffer.appendInt(body.length()).appendBuffer(body);
    }

    @Override
    public LinkBatch decodeFromWire(int position, Buffer buffer) {
        LinkReader in = new LinkReader(buffer, position + Integer.BYTES);
        int version = in.octet();
        if (version < OLDEST_VERSION || version > VERSION) {
            throw new IllegalArgumentException(
                    "link version: " + version + " (expected: " + OLDEST_VERSION + " to " + VERSION + ")");
        }
        return new LinkBatch(
                version, NodeId.parse(in.text()), in.number(), in.number(), in.list(() -> read(in, version)));
    }

    @Override
    public LinkBatch transform(LinkBatch batch) {
        return batch;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public byte systemCodecID() {
        return -1;
    }

    private static void write(LinkWriter out, LinkFrame frame, int version) {
        if (frame instanceof LinkFrame.Request request) {
            request.body().accept(new RequestWriter(out, request.id(), version));
        } else if (frame instanceof LinkFrame.Answer answer) {
            writeAnswer(out, answer, version);
        } else if (frame instanceof LinkFrame.Failure failure) {
            begin(out, Kind.FAILURE);
            out.number(failure.id());
        } else {
            begin(out, frame instanceof LinkFrame.Hail ? Kind.HAIL : Kind.ECHO);
        }
    }

    private static void writeAnswer(LinkWriter out, LinkFrame.Answer answer, int version) {
        if (answer.body() instanceof NodeAnswer.Members members) {
            begin(out, Kind.MEMBERS);
            out.number(answer.id());
            out.list(members.members(), out::member);
        } else if (answer.body() instanceof NodeAnswer.Counts counts) {
            begin(out, Kind.COUNTED);
            out.number(answer.id());
            out.list(counts.counts(), out::count);
        } else if (answer.body() instanceof NodeAnswer.Rung rung) {
            begin(out, Kind.RUNG);
            out.number(answer.id());
            out.list(rung.peers(), peer -> out.text(peer.value()));
        } else if (answer.body() instanceof NodeAnswer.Stale stale) {
            begin(out, Kind.STALE);
            out.number(answer.id());
            out.list(stale.legs(), out::leg);
        } else if (answer.body() instanceof NodeAnswer.Luggage luggage) {
            begin(out, Kind.LUGGAGE);
            out.number(answer.id());
            out.state(luggage.state());
            if (version >= ACQUAINTANCES) {
                out.acquaintances(luggage.state());
            }
        } else if (answer.body() instanceof NodeAnswer.Arrival arrival) {
            begin(out, Kind.ARRIVAL);
            out.number(answer.id());
            out.list(arrival.incoming(), out::incoming);
            out.list(arrival.made(), out::made);
        } else if (answer.body() instanceof NodeAnswer.Released released) {
            begin(out, Kind.RELEASED);
            out.number(answer.id());
            out.list(released.queue(), out::message);
            out.list(released.incoming(), out::incoming);
            out.list(released.made(), out::made);
        } else {
            begin(out, answer.body() instanceof NodeAnswer.Done ? Kind.DONE : Kind.GONE);
            out.number(answer.id());
        }
    }

    private static LinkFrame read(LinkReader in, int version) {
        Kind kind = in.constant(Kind.ALL);
        return switch (kind) {
            case HAIL -> new LinkFrame.Hail();
            case ECHO -> new LinkFrame.Echo();
            case FAILURE -> new LinkFrame.Failure(in.number());
            case DONE -> new LinkFrame.Answer(in.number(), new NodeAnswer.Done());
            case GONE -> new LinkFrame.Answer(in.number(), new NodeAnswer.Gone());
            case MEMBERS -> new LinkFrame.Answer(in.number(), new NodeAnswer.Members(in.list(in::member)));
            case COUNTED -> new LinkFrame.Answer(in.number(), new NodeAnswer.Counts(in.list(in::count)));
            case RUNG -> new LinkFrame.Answer(in.number(), new NodeAnswer.Rung(in.list(in::peer)));
            case STALE -> new LinkFrame.Answer(in.number(), new NodeAnswer.Stale(in.list(in::leg)));
            case LUGGAGE -> new LinkFrame.Answer(in.number(), new NodeAnswer.Luggage(readState(in, version)));
            case ARRIVAL ->
                new LinkFrame.Answer(in.number(), new NodeAnswer.Arrival(in.list(in::incoming), in.list(in::made)));
            case RELEASED ->
                new LinkFrame.Answer(
                        in.number(),
                        new NodeAnswer.Released(in.list(in::message), in.list(in::incoming), in.list(in::made)));
            default -> new LinkFrame.Request(in.number(), readRequest(kind, in, version));
        };
    }

    private static NodeRequest readRequest(Kind kind, LinkReader in, int version) {
        return switch (kind) {
            case FORWARD_TO_PEER -> new NodeRequest.ForwardToPeer(in.peer(), in.message(), readTrace(in, version));
            case FORWARD_TO_GROUP -> new NodeRequest.ForwardToGroup(in.relayed(), readTrace(in, version));
            case ANNOUNCE -> new NodeRequest.Announce(in.name(), in.list(in::member), in.flag());
            case UPDATED -> new NodeRequest.Updated(in.name(), new PeerId(in.text()), in.number(), in.payload());
            case DEPARTED -> new NodeRequest.Departed(in.name(), new PeerId(in.text()), in.constant(LEAVE_REASONS));
            case COMPARE -> new NodeRequest.Compare(readDigests(in));
            case ASK -> new NodeRequest.Ask(in.name());
            case SEEK -> new NodeRequest.Seek(in.group(), in.node());
            case COUNTS -> new NodeRequest.Counts(in.list(in::count));
            case RING -> new NodeRequest.Ring(in.name(), in.ring());
            case ACCEPT -> new NodeRequest.Accept(in.call(), in.peer(), in.peer(), in.optional(in::payload));
            case WITHDRAW ->
                new NodeRequest.Withdraw(
                        in.call(), in.peer(), in.peer(), in.constant(WITHDRAWALS), new CallEnding(in.text()));
            case END_CALL -> new NodeRequest.EndCall(in.call(), in.list(in::peer), new CallEnding(in.text()));
            case COMPARE_CALLS -> new NodeRequest.CompareCalls(in.list(in::leg));
            case HAND_OVER -> new NodeRequest.HandOver(in.peer(), in.number());
            case ARRIVED ->
                new NodeRequest.Arrived(in.peer(), in.number(), in.node(), readMembers(in), in.list(in::group));
            case SWITCHED -> new NodeRequest.Switched(in.peer(), in.number());
            case RELEASE -> new NodeRequest.Release(in.peer(), in.number(), new HashSet<>(in.list(in::node)));
            default -> throw new IllegalArgumentException("link frame: " + kind + " (expected: a request)");
        };
    }

    private static SessionState readState(LinkReader in, int version) {
        SessionState state = in.state();
        return version >= ACQUAINTANCES ? in.acquaintances(state) : state;
    }

    private static Optional<String> readTrace(LinkReader in, int version) {
        return version >= TRACES_AND_SEEK ? in.optionalText() : Optional.empty();
    }

    private static Map<Name, OwnedMember> readMembers(LinkReader in) {
        Map<Name, OwnedMember> members = new HashMap<>();
        in.list(() -> members.put(in.name(), in.member()) == null);
        return members;
    }

    private static Map<Name, Long> readDigests(LinkReader in) {
        Map<Name, Long> digests = new HashMap<>();
        in.list(() -> digests.put(in.name(), in.number()) == null);
        return digests;
    }

    private static void begin(LinkWriter out, Kind kind) {
        out.constant(kind);
    }

    private record RequestWriter(LinkWriter out, long id, int version) implements NodeRequest.Cases<LinkWriter> {

        @Override
        public LinkWriter forwardToPeer(NodeRequest.ForwardToPeer forward) {
            begin(Kind.FORWARD_TO_PEER).text(forward.to().value()).message(forward.message());
            return trace(forward.trace());
        }

        @Override
        public LinkWriter forwardToGroup(NodeRequest.ForwardToGroup forward) {
            begin(Kind.FORWARD_TO_GROUP).relayed(forward.message());
            return trace(forward.trace());
        }

        @Override
        public LinkWriter announce(NodeRequest.Announce announce) {
            return begin(Kind.ANNOUNCE)
                    .name(announce.room())
                    .list(announce.members(), out::member)
                    .flag(announce.complete());
        }

        @Override
        public LinkWriter updated(NodeRequest.Updated updated) {
            return begin(Kind.UPDATED)
                    .name(updated.room())
                    .text(updated.peer().value())
                    .number(updated.version())
                    .payload(updated.data());
        }

        @Override
        public LinkWriter departed(NodeRequest.Departed departed) {
            return begin(Kind.DEPARTED)
                    .name(departed.room())
                    .text(departed.peer().value())
                    .constant(departed.reason());
        }

        @Override
        public LinkWriter compare(NodeRequest.Compare compare) {
            List<Map.Entry<Name, Long>> digests =
                    new ArrayList<>(compare.digests().entrySet());
            return begin(Kind.COMPARE)
                    .list(digests, entry -> out.name(entry.getKey()).number(entry.getValue()));
        }

        @Override
        public LinkWriter ask(NodeRequest.Ask ask) {
            return begin(Kind.ASK).name(ask.room());
        }

        @Override
        public LinkWriter seek(NodeRequest.Seek seek) {
            return begin(Kind.SEEK).group(seek.group()).text(seek.gone().toString());
        }

        @Override
        public LinkWriter counts(NodeRequest.Counts counts) {
            return begin(Kind.COUNTS).list(counts.counts(), out::count);
        }

        @Override
        public LinkWriter ring(NodeRequest.Ring ring) {
            return begin(Kind.RING).name(ring.callee()).ring(ring.message());
        }

        @Override
        public LinkWriter accept(NodeRequest.Accept accept) {
            return begin(Kind.ACCEPT)
                    .text(accept.call().value())
                    .text(accept.caller().value())
                    .text(accept.by().value())
                    .optional(accept.data(), out::payload);
        }

        @Override
        public LinkWriter withdraw(NodeRequest.Withdraw withdraw) {
            return begin(Kind.WITHDRAW)
                    .text(withdraw.call().value())
                    .text(withdraw.caller().value())
                    .text(withdraw.by().value())
                    .constant(withdraw.how())
                    .text(withdraw.reason().value());
        }

        @Override
        public LinkWriter endCall(NodeRequest.EndCall end) {
            return begin(Kind.END_CALL)
                    .text(end.call().value())
                    .list(end.peers(), peer -> out.text(peer.value()))
                    .text(end.reason().value());
        }

        @Override
        public LinkWriter compareCalls(NodeRequest.CompareCalls compare) {
            return begin(Kind.COMPARE_CALLS).list(compare.legs(), out::leg);
        }

        @Override
        public LinkWriter handOver(NodeRequest.HandOver handOver) {
            return begin(Kind.HAND_OVER).text(handOver.peer().value()).number(handOver.epoch());
        }

        @Override
        public LinkWriter arrived(NodeRequest.Arrived arrived) {
            List<Map.Entry<Name, OwnedMember>> rooms =
                    new ArrayList<>(arrived.rooms().entrySet());
            return begin(Kind.ARRIVED)
                    .text(arrived.peer().value())
                    .number(arrived.epoch())
                    .text(arrived.from().toString())
                    .list(rooms, room -> out.name(room.getKey()).member(room.getValue()))
                    .list(arrived.crowds(), out::group);
        }

        @Override
        public LinkWriter switched(NodeRequest.Switched switched) {
            return begin(Kind.SWITCHED).text(switched.peer().value()).number(switched.epoch());
        }

        @Override
        public LinkWriter release(NodeRequest.Release release) {
            return begin(Kind.RELEASE)
                    .text(release.peer().value())
                    .number(release.epoch())
                    .list(List.copyOf(release.awaited()), node -> out.text(node.toString()));
        }

        private LinkWriter trace(Optional<String> trace) {
            return version >= TRACES_AND_SEEK ? out.optionalText(trace) : out;
        }

        private LinkWriter begin(Kind kind) {
            return out.constant(kind).number(id);
        }
    }
}
