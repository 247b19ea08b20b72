package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What counts as an answer of another node that was not had. */
class MeasuredLinkTest {
    private static final NodeId SELF = new NodeId("self", 0);
    private static final NodeId OTHER = new NodeId("other", 0);
    private static final NodeRequest QUESTION = new NodeRequest.Ask(new Name("standup"));

    private final CountedFacts facts = new CountedFacts();

    @Test
    void whoIsKnownToBeGoneIsNotAsked() {
        Future<NodeAnswer> answer = new MeasuredLink(new LoopbackLink(SELF), facts).ask(OTHER, QUESTION);
        assertTrue(answer.failed());
        assertEquals(0, facts.nodesAsked());
        assertEquals(0, facts.nodesSilent());
    }

    @Test
    void whoDoesNotAnswerCounts() {
        Promise<NodeAnswer> promise = Promise.promise();
        var unused = new MeasuredLink(new Patient(promise.future()), facts).ask(OTHER, QUESTION);
        promise.fail(new Unreachable(OTHER, DropReason.NODE_LOST));
        assertEquals(1, facts.nodesAsked());
        assertEquals(1, facts.nodesSilent());
    }

    /** One on which a question waits. */
    private record Patient(Future<NodeAnswer> answer) implements NodeLink {
        @Override
        public NodeId self() {
            return SELF;
        }

        @Override
        public Set<NodeId> others() {
            return Set.of(OTHER);
        }

        @Override
        public Future<NodeAnswer> ask(NodeId to, NodeRequest request) {
            return answer;
        }

        @Override
        public Future<Void> open(Inbound inbound) {
            return Future.succeededFuture();
        }
    }
}
