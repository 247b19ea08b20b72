package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.protocol.Tenant;
import io.heliograph.routing.CallLeg;
import io.heliograph.routing.Count;
import io.heliograph.routing.IncomingCall;
import io.heliograph.routing.MadeCall;
import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeRequest;
import io.heliograph.routing.OwnedMember;
import io.heliograph.routing.SessionState;
import io.heliograph.routing.Withdrawal;
import io.vertx.core.buffer.Buffer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LinkCodecTest {
    private static final LinkCodec CODEC = new LinkCodec();
    private static final long ALLOCATED_BYTES_MAX = 1_000_000;
    private static final Name ROOM = new Name("Zimmer \uD83D\uDE00");
    private static final PeerId PEER = new PeerId("p1");
    private static final Payload DATA = Payload.of("{\"sdp\":\"v=0\\r\\n\"}");

    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final List<OwnedMember> MEMBERS = List.of(
            new OwnedMember(new Member(PEER, 1, Optional.empty(), Optional.empty()), 0, 1),
            new OwnedMember(
                    new Member(new PeerId("p2"), Long.MAX_VALUE, Optional.of(new Name("älice")), Optional.of(DATA)),
                    42,
                    Long.MAX_VALUE));

    private static final PeerId OTHER = new PeerId("p2");
    private static final NodeId NODE = new NodeId("a-process", 3);
    private static final CallId CALL = new CallId("c1");
    private static final List<IncomingCall> INCOMING =
            List.of(new IncomingCall(CALL, PEER, NODE, true), new IncomingCall(new CallId("c2"), PEER, NODE, false));
    private static final List<MadeCall> MADE = List.of(
            new MadeCall(CALL, ROOM, Map.of(PEER, NODE, OTHER, NODE), Optional.empty(), 45),
            new MadeCall(CALL, ROOM, Map.of(PEER, NODE), Optional.of(PEER), 0));
    private static final List<Count> COUNTS = List.of(
            new Count(Group.user(ROOM), 3, true, List.of(new PeerId("p1"), new PeerId("p2"))),
            new Count(Group.topic(ROOM), 0, false, List.of()),
            new Count(Group.topic(ROOM.of(Optional.of(new Tenant("acme")))), 1, false, List.of()));
    private static final List<CallLeg> LEGS = List.of(new CallLeg(CALL, PEER, true), new CallLeg(CALL, PEER, false));

    private static final List<NodeRequest> REQUESTS = List.of(
            new NodeRequest.ForwardToPeer(
                    PEER,
                    new Relayed(
                            RelayType.OFFER,
                            new PeerId("p2"),
                            Optional.empty(),
                            Optional.of(DATA),
                            new Sequence(OptionalLong.of(7), OptionalLong.of(-1))),
                    Optional.of(TRACE)),
            new NodeRequest.ForwardToGroup(
                    new Relayed(RelayType.BYE, PEER, Optional.of(Group.room(ROOM)), Optional.empty(), Sequence.NONE),
                    Optional.of(TRACE)),
            new NodeRequest.ForwardToGroup(
                    new Relayed(
                            RelayType.MESSAGE, PEER, Optional.of(Group.user(ROOM)), Optional.of(DATA), Sequence.NONE),
                    Optional.empty()),
            new NodeRequest.ForwardToGroup(
                    new Relayed(
                            RelayType.MESSAGE, PEER, Optional.of(Group.topic(ROOM)), Optional.of(DATA), Sequence.NONE),
                    Optional.empty()),
            new NodeRequest.Announce(ROOM, MEMBERS, true),
            new NodeRequest.Announce(ROOM, List.of(), false),
            new NodeRequest.Updated(ROOM, PEER, 3, DATA),
            new NodeRequest.Departed(ROOM, PEER, LeaveReason.KICKED),
            new NodeRequest.Compare(Map.of(ROOM, -1L, new Name("b"), 2L)),
            new NodeRequest.Ask(ROOM),
            new NodeRequest.Seek(Group.topic(ROOM), NODE),
            new NodeRequest.Counts(COUNTS),
            new NodeRequest.Ring(
                    ROOM, new ServerMessage.Ring(CALL, PEER, Optional.of(new Name("älice")), Optional.of(DATA))),
            new NodeRequest.Ring(ROOM, new ServerMessage.Ring(CALL, PEER, Optional.empty(), Optional.empty())),
            new NodeRequest.Accept(CALL, OTHER, PEER, Optional.of(DATA)),
            new NodeRequest.Accept(CALL, OTHER, PEER, Optional.empty()),
            new NodeRequest.Withdraw(CALL, OTHER, PEER, Withdrawal.REJECT, new CallEnding("bin beschäftigt")),
            new NodeRequest.Withdraw(CALL, OTHER, PEER, Withdrawal.HANG_UP, CallEnding.HANGUP),
            new NodeRequest.Withdraw(CALL, OTHER, PEER, Withdrawal.VANISH, CallEnding.LOST),
            new NodeRequest.EndCall(CALL, List.of(PEER, new PeerId("p2")), CallEnding.NO_ANSWER),
            new NodeRequest.CompareCalls(LEGS),
            new NodeRequest.ForwardToPeer(
                    PEER,
                    new ServerMessage.Dropped(new Address.ToPeer(OTHER), 3, DropReason.EXPIRED),
                    Optional.empty()),
            new NodeRequest.HandOver(PEER, 7),
            new NodeRequest.Arrived(
                    PEER,
                    7,
                    NODE,
                    Map.of(ROOM, MEMBERS.get(0), new Name("b"), MEMBERS.get(1)),
                    List.of(Group.user(ROOM), Group.topic(ROOM))),
            new NodeRequest.Arrived(PEER, 7, NODE, Map.of(), List.of()),
            new NodeRequest.Switched(PEER, 7),
            new NodeRequest.Release(PEER, 7, Set.of(NODE, new NodeId("b", 0))));

    private static final List<NodeAnswer> ANSWERS = List.of(
            new NodeAnswer.Done(),
            new NodeAnswer.Gone(),
            new NodeAnswer.Members(MEMBERS),
            new NodeAnswer.Counts(COUNTS),
            new NodeAnswer.Rung(List.of(PEER)),
            new NodeAnswer.Stale(LEGS),
            new NodeAnswer.Luggage(new SessionState(
                    Optional.of(ROOM),
                    Optional.of(DATA),
                    List.of(
                            new SessionState.Membership(ROOM, 250, 7, Optional.of(DATA), 3),
                            new SessionState.Membership(new Name("b"), 2, 1, Optional.empty(), 0)),
                    List.of(ROOM),
                    List.of(new Name("bob"), ROOM),
                    List.of(new SessionState.TakenCall(CALL, OTHER, ROOM, true)),
                    List.of(OTHER, PEER))),
            new NodeAnswer.Luggage(new SessionState(
                    Optional.empty(), Optional.empty(), List.of(), List.of(), List.of(), List.of(), List.of())),
            new NodeAnswer.Arrival(INCOMING, MADE),
            new NodeAnswer.Released(
                    List.of(
                            new Relayed(RelayType.CANDIDATE, PEER, Optional.empty(), Optional.of(DATA), Sequence.NONE),
                            new ServerMessage.Ring(CALL, PEER, Optional.empty(), Optional.of(DATA)),
                            new ServerMessage.Accepted(CALL, PEER, Optional.empty()),
                            new ServerMessage.CallEnded(CALL, CallEnding.HANGUP),
                            new ServerMessage.Dropped(new Address.ToGroup(Group.room(ROOM)), 1, DropReason.OVERFLOW)),
                    INCOMING,
                    MADE));

    private static List<LinkFrame> frames() {
        List<LinkFrame> frames = new ArrayList<>(
                List.of(new LinkFrame.Hail(), new LinkFrame.Echo(), new LinkFrame.Failure(Long.MAX_VALUE)));
        REQUESTS.forEach(request -> frames.add(new LinkFrame.Request(frames.size(), request)));
        ANSWERS.forEach(answer -> frames.add(new LinkFrame.Answer(frames.size(), answer)));
        return frames;
    }

    private static LinkBatch batch(List<LinkFrame> frames) {
        return batch(LinkCodec.VERSION, frames);
    }

    private static LinkBatch batch(int version, List<LinkFrame> frames) {
        return new LinkBatch(version, new NodeId("a-process", 3), 1_700_000_000_000L, 9, frames);
    }

    private static byte[] encode(LinkBatch batch) {
        Buffer wire = Buffer.buffer();
        CODEC.encodeToWire(wire, batch);
        return wire.getBytes();
    }

    @Test
    void everyKindHasASample() {
        assertSampled(NodeRequest.class, REQUESTS);
        assertSampled(NodeAnswer.class, ANSWERS);
        assertSampled(LinkFrame.class, frames());
    }

    private static void assertSampled(Class<?> family, List<?> samples) {
        Set<Class<?>> sampled = new HashSet<>();
        samples.forEach(sample -> sampled.add(sample.getClass()));
        assertEquals(kinds(family).collect(Collectors.toSet()), sampled);
    }

    private static Stream<Class<?>> kinds(Class<?> family) {
        return family.isSealed()
                ? Arrays.stream(family.getPermittedSubclasses()).flatMap(LinkCodecTest::kinds)
                : Stream.of(family);
    }

    @Test
    void everyFrameIsReadAsItWasWritten() {
        for (LinkFrame frame : frames()) {
            LinkBatch batch = batch(List.of(frame));
            assertEquals(batch, CODEC.decodeFromWire(0, Buffer.buffer(encode(batch))));
        }
    }

    @Test
    void everyRelayTypeAndReasonIsReadAsItWasWritten() {
        List<LinkFrame> frames = new ArrayList<>();
        for (RelayType type : RelayType.values()) {
            Relayed relayed = new Relayed(type, PEER, Optional.empty(), Optional.empty(), Sequence.NONE);
            frames.add(new LinkFrame.Request(1, new NodeRequest.ForwardToPeer(PEER, relayed, Optional.empty())));
        }
        for (LeaveReason reason : LeaveReason.values()) {
            frames.add(new LinkFrame.Request(2, new NodeRequest.Departed(ROOM, PEER, reason)));
        }
        LinkBatch batch = batch(frames);
        assertEquals(batch, CODEC.decodeFromWire(0, Buffer.buffer(encode(batch))));
    }

    @Test
    void aBatchIsFoundInTheMiddleOfABuffer() {
        LinkBatch batch = batch(frames());
        Buffer wire = Buffer.buffer("before");
        CODEC.encodeToWire(wire, batch);
        wire.appendString("behind");
        assertEquals(batch, CODEC.decodeFromWire("before".length(), wire));
    }

    @Test
    void anEmptyBatchIsRead() {
        LinkBatch batch = batch(List.of());
        assertEquals(batch, CODEC.decodeFromWire(0, Buffer.buffer(encode(batch))));
    }

    @ParameterizedTest
    @ValueSource(ints = {LinkCodec.OLDEST_VERSION - 1, LinkCodec.VERSION + 1})
    void anotherVersionIsRefused(int version) {
        Buffer wire = Buffer.buffer(encode(batch(version, frames())));
        assertThrows(IllegalArgumentException.class, () -> CODEC.decodeFromWire(0, wire));
    }

    @Test
    void theOldestVersionHasAllButTracesWhoIsSoughtAndAcquaintances() {
        List<LinkFrame> said = new ArrayList<>();
        List<LinkFrame> heard = new ArrayList<>();
        for (LinkFrame frame : frames()) {
            boolean understood = !(frame instanceof LinkFrame.Request request)
                    || LinkCodec.isUnderstood(request.body(), LinkCodec.OLDEST_VERSION);
            if (understood) {
                said.add(frame);
                heard.add(asTheOldestHasIt(frame));
            }
        }
        assertEquals(frames().size() - 1, said.size());
        byte[] wire = encode(batch(LinkCodec.OLDEST_VERSION, said));
        assertEquals(batch(LinkCodec.OLDEST_VERSION, heard), CODEC.decodeFromWire(0, Buffer.buffer(wire)));
    }

    private static LinkFrame asTheOldestHasIt(LinkFrame frame) {
        if (frame instanceof LinkFrame.Answer answer && answer.body() instanceof NodeAnswer.Luggage luggage) {
            return new LinkFrame.Answer(
                    answer.id(), new NodeAnswer.Luggage(luggage.state().knowing(List.of())));
        }
        if (frame instanceof LinkFrame.Request request && request.body() instanceof NodeRequest.ForwardToPeer toPeer) {
            return new LinkFrame.Request(
                    request.id(), new NodeRequest.ForwardToPeer(toPeer.to(), toPeer.message(), Optional.empty()));
        }
        if (frame instanceof LinkFrame.Request request
                && request.body() instanceof NodeRequest.ForwardToGroup toGroup) {
            return new LinkFrame.Request(
                    request.id(), new NodeRequest.ForwardToGroup(toGroup.message(), Optional.empty()));
        }
        return frame;
    }

    @Test
    void whatIsCutShortIsRefused() {
        byte[] wire = encode(batch(frames()));
        for (int length = 0; length < wire.length; length++) {
            Buffer part = Buffer.buffer(Arrays.copyOf(wire, length));
            assertThrows(RuntimeException.class, () -> CODEC.decodeFromWire(0, part));
        }
    }

    @Test
    void whatIsDamagedCostsLittle() {
        byte[] wire = encode(batch(frames()));
        byte[][] extremes = {{0x7f, -1, -1, -1}, {-1, -1, -1, -1}, {(byte) 0x80, 0, 0, 0}, {0x10, 0, 0, 0}};
        for (int position = 0; position <= wire.length - Integer.BYTES; position++) {
            for (byte[] extreme : extremes) {
                byte[] damaged = wire.clone();
                System.arraycopy(extreme, 0, damaged, position, extreme.length);
                assertCheap(damaged, "position " + position);
            }
        }
    }

    @Test
    void whatIsGarbageCostsLittle() {
        long seed = 20_261_121;
        Random random = new Random(seed);
        byte[] wire = encode(batch(frames()));
        for (int round = 0; round < 5_000; round++) {
            byte[] garbage = wire.clone();
            for (int i = 0; i < 1 + random.nextInt(8); i++) {
                garbage[Integer.BYTES + 1 + random.nextInt(garbage.length - Integer.BYTES - 1)] =
                        (byte) random.nextInt();
            }
            assertCheap(garbage, "seed " + seed + " round " + round);
        }
    }

    /** It is read as something, or refused, without much ado. */
    private static void assertCheap(byte[] wire, String what) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        String outcome = what + " " + outcome(wire);
        long allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertTrue(allocated < ALLOCATED_BYTES_MAX, () -> outcome + ": " + allocated + " bytes allocated");
    }

    private static String outcome(byte[] wire) {
        try {
            return "read "
                    + CODEC.decodeFromWire(0, Buffer.buffer(wire)).frames().size();
        } catch (RuntimeException refused) {
            return "refused " + refused;
        }
    }
}
