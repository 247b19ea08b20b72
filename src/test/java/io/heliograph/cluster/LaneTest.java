package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeLink.Inbound;
import io.heliograph.routing.NodeRequest;
import io.heliograph.routing.Unreachable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How much may be under way to another node, and when it is forgotten. */
class LaneTest {
    private static final NodeId HERE = new NodeId("here", 0);
    private static final NodeId THERE = new NodeId("there", 0);
    private static final PeerId SOMEBODY = new PeerId("pSomebody");
    private static final int PAYLOAD_BYTES = 60_000;
    private static final int BYTES_MAX = 32 << 20;
    /** With what a frame is taken to need beside its payload. */
    private static final int FRAMES_MAX = BYTES_MAX / PAYLOAD_BYTES + 1;

    private static final int UNANSWERED_MAX = 50_000;
    private static final long ANSWER_WITHIN_NANOS = 2_000_000_000L;

    private static final class Nobody implements Inbound {
        private int asked;
        private final List<NodeRequest> late = new ArrayList<>();

        @Override
        public Future<NodeAnswer> answer(NodeId from, NodeRequest request) {
            asked++;
            return Future.succeededFuture(new NodeAnswer.Done());
        }

        @Override
        public void late(NodeId from, NodeRequest.Lasting request, NodeAnswer answer) {
            late.add(request);
        }

        @Override
        public void nodeUp(NodeId node) {}

        @Override
        public void nodeDown(NodeId node) {}
    }

    private final Deque<Runnable> laterTurns = new ArrayDeque<>();
    private final Deque<Promise<Void>> unwritten = new ArrayDeque<>();
    private final Nobody nobody = new Nobody();
    private final Lane lane = new Lane(THERE, LinkCodec.VERSION, nobody, this::send, HERE, laterTurns::add, 1);
    private long answered;
    private long received;

    @Test
    void asMuchAsTheBoundMayBeUnansweredAndTheNextRequestOverflowsAtOnce() {
        List<Future<NodeAnswer>> asked = askUntilRefused();
        assertEquals(FRAMES_MAX, asked.size(), 2);
        write();
        assertOverflow(ask(PAYLOAD_BYTES));
        assertOverflow(ask(0));
        assertTrue(asked.stream().noneMatch(Future::isComplete));
    }

    @Test
    void eachAnswerMakesRoomForAsMuch() {
        List<Future<NodeAnswer>> asked = askUntilRefused();
        write();
        for (int round = 0; round < 3; round++) {
            answer(100);
            for (int i = 0; i < 100; i++) {
                assertFalse(ask(PAYLOAD_BYTES).isComplete(), "after the answers of round " + round);
            }
            assertOverflow(ask(PAYLOAD_BYTES));
            write();
        }
        assertEquals(300, asked.stream().filter(Future::succeeded).count());
    }

    @Test
    void whatIsGivenUpMakesNoRoomWhileTheBusHasNotWrittenIt() {
        List<Future<NodeAnswer>> asked = askUntilRefused();
        endTurn();
        lane.tick(System.nanoTime() + ANSWER_WITHIN_NANOS);
        asked.forEach(answer -> assertGivenUp(answer, DropReason.NODE_LOST));
        assertOverflow(ask(PAYLOAD_BYTES));
        write();
        assertFalse(ask(PAYLOAD_BYTES).isComplete());
        assertEquals(FRAMES_MAX, 1 + askUntilRefused().size(), 2);
    }

    @Test
    void whatTheBusCouldNotWriteIsGivenUpAndMakesRoom() {
        List<Future<NodeAnswer>> asked = askUntilRefused();
        endTurn();
        unwritten.remove().fail("connection closed");
        asked.forEach(answer -> assertGivenUp(answer, DropReason.NODE_LOST));
        assertEquals(FRAMES_MAX, askUntilRefused().size(), 2);
    }

    @Test
    void aBatchThatCouldNotBeWrittenTakesNoOtherRequestAlong() {
        Future<NodeAnswer> first = ask(1);
        endTurn();
        Future<NodeAnswer> second = ask(1);
        endTurn();
        Future<NodeAnswer> third = ask(1);
        endTurn();
        unwritten.remove().complete();
        unwritten.remove().fail("connection closed");
        assertFalse(first.isComplete());
        assertGivenUp(second, DropReason.NODE_LOST);
        assertFalse(third.isComplete());
    }

    @Test
    void theAnswerToARequestThatLastsIsToldAlthoughItWasGivenUp() {
        NodeRequest lasting = new NodeRequest.Release(SOMEBODY, 1, Set.of());
        Future<NodeAnswer> late = lane.ask(lasting);
        Future<NodeAnswer> other = ask(1);
        write();
        lane.tick(System.nanoTime() + ANSWER_WITHIN_NANOS);
        List.of(late, other).forEach(asked -> assertGivenUp(asked, DropReason.NODE_LOST));
        Future<NodeAnswer> inTime = lane.ask(lasting);
        write();
        answer(3);
        assertTrue(inTime.succeeded());
        assertEquals(List.of(lasting), nobody.late);
    }

    @Test
    void smallRequestsAreBoundedByTheirNumber() {
        for (int i = 0; i < UNANSWERED_MAX; i++) {
            assertFalse(ask(0).isComplete(), "request " + i);
        }
        assertOverflow(ask(0));
    }

    @Test
    void theEndOfTheOtherNodeFailsAllThatIsUnanswered() {
        List<Future<NodeAnswer>> asked = askUntilRefused();
        lane.close();
        asked.forEach(answer -> assertGivenUp(answer, DropReason.NODE_LOST));
    }

    @Test
    void whatTheBusHadKeptFromBeforeTheNodesLostEachOtherIsNotTaken() {
        LinkFrame kept = new LinkFrame.Request(7, new NodeRequest.Ask(new Name("standup")));
        lane.receive(new LinkBatch(LinkCodec.VERSION, THERE, 1, 9, List.of(kept)));
        assertEquals(0, nobody.asked);
        lane.receive(new LinkBatch(LinkCodec.VERSION, THERE, 2, 1, List.of(new LinkFrame.Hail())));
        lane.receive(new LinkBatch(LinkCodec.VERSION, THERE, 1, 10, List.of(kept)));
        assertEquals(0, nobody.asked);
        lane.receive(new LinkBatch(LinkCodec.VERSION, THERE, 2, 2, List.of(kept)));
        assertEquals(1, nobody.asked);
    }

    private Future<Void> send(LinkBatch batch) {
        Promise<Void> written = Promise.promise();
        unwritten.add(written);
        return written.future();
    }

    private Future<NodeAnswer> ask(int payloadBytes) {
        Payload data = Payload.of("1".repeat(payloadBytes));
        return lane.ask(new NodeRequest.ForwardToPeer(
                SOMEBODY,
                new Relayed(RelayType.MESSAGE, SOMEBODY, Optional.empty(), Optional.of(data), Sequence.NONE),
                Optional.empty()));
    }

    private List<Future<NodeAnswer>> askUntilRefused() {
        List<Future<NodeAnswer>> asked = new ArrayList<>();
        Future<NodeAnswer> last = ask(PAYLOAD_BYTES);
        while (!last.isComplete()) {
            asked.add(last);
            last = ask(PAYLOAD_BYTES);
        }
        assertOverflow(last);
        return asked;
    }

    private void endTurn() {
        while (!laterTurns.isEmpty()) {
            laterTurns.remove().run();
        }
    }

    /** Lets the bus write all that was said. */
    private void write() {
        endTurn();
        while (!unwritten.isEmpty()) {
            unwritten.remove().complete();
        }
    }

    /** Answers the oldest {@code count} requests. */
    private void answer(int count) {
        List<LinkFrame> answers = new ArrayList<>();
        answers.add(new LinkFrame.Echo());
        for (int i = 0; i < count; i++) {
            answers.add(new LinkFrame.Answer(++answered, new NodeAnswer.Done()));
        }
        lane.receive(new LinkBatch(LinkCodec.VERSION, THERE, 1, ++received, answers));
    }

    private static void assertOverflow(Future<NodeAnswer> answer) {
        assertGivenUp(answer, DropReason.OVERFLOW);
    }

    private static void assertGivenUp(Future<NodeAnswer> answer, DropReason reason) {
        assertTrue(answer.failed(), "not failed");
        assertEquals(reason, assertInstanceOf(Unreachable.class, answer.cause()).reason());
    }
}
