package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What a link promises to the two nodes at its ends. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(60)
public abstract class LinkContract {
    private static final int MANY = 2_000;

    /** Two nodes that hear each other. */
    public interface Pair {
        NodeId id(int end);

        LinkEnd end(int end);

        /** What {@code action} comes to on the context of that end. */
        <T> Future<T> call(int end, Function<NodeLink, Future<T>> action);

        <T> T await(Future<T> future);

        void until(String what, BooleanSupplier condition);

        /** Ends the second node without a word. */
        void killSecond();

        void close();
    }

    private Optional<Pair> opened = Optional.empty();

    /** Two ends, of which each has been told of the other. */
    protected abstract Pair open();

    final Pair pair() {
        Pair pair = opened.orElseGet(this::open);
        opened = Optional.of(pair);
        return pair;
    }

    @AfterAll
    void close() {
        opened.ifPresent(Pair::close);
        opened = Optional.empty();
    }

    final Future<NodeAnswer> ask(int from, Name room) {
        return pair().call(from, link -> link.ask(pair().id(1 - from), new NodeRequest.Ask(room)));
    }

    static Name number(int number) {
        return new Name(String.valueOf(number));
    }

    @Test
    void eachKnowsTheOtherAndNotItself() {
        for (int end = 0; end < 2; end++) {
            Set<NodeId> others = pair().await(pair().call(end, link -> Future.succeededFuture(link.others())));
            assertEquals(Set.of(pair().id(1 - end)), others);
            NodeId self = pair().await(pair().call(end, link -> Future.succeededFuture(link.self())));
            assertEquals(pair().id(end), self);
        }
    }

    @Test
    void aNodeIsUpBeforeItsFirstRequestIsHeard() {
        pair().await(Future.all(ask(0, number(1)), ask(1, number(1))));
        for (int end = 0; end < 2; end++) {
            assertEquals("up " + pair().id(1 - end), pair().end(end).heard().get(0));
        }
    }

    @Test
    void requestsAreHeardInTheOrderSentAndAnsweredEach() {
        List<Future<NodeAnswer>> answers = new ArrayList<>();
        int before = pair().end(1).heard().size();
        pair().await(pair().call(0, link -> {
            for (int i = 0; i < MANY; i++) {
                answers.add(link.ask(pair().id(1), new NodeRequest.Ask(number(i))));
            }
            return Future.all(answers);
        }));
        List<String> heard = pair().end(1).heard();
        for (int i = 0; i < MANY; i++) {
            assertEquals(pair().id(0) + " " + new NodeRequest.Ask(number(i)), heard.get(before + i));
        }
    }

    @Test
    void requestsOfManyTurnsAreHeardInTheOrderSent() {
        List<Future<NodeAnswer>> answers = new ArrayList<>();
        int before = pair().end(1).heard().size();
        for (int i = 0; i < MANY; i++) {
            answers.add(ask(0, number(i)));
        }
        pair().await(Future.all(answers));
        List<String> heard = pair().end(1).heard();
        for (int i = 0; i < MANY; i++) {
            assertEquals(pair().id(0) + " " + new NodeRequest.Ask(number(i)), heard.get(before + i));
        }
    }

    @Test
    void eachRequestGetsItsOwnAnswer() {
        Future<NodeAnswer> silence = ask(0, LinkEnd.SILENCE);
        Future<NodeAnswer> members = ask(0, number(1));
        Future<NodeAnswer> done = pair().call(0, link -> link.ask(pair().id(1), new NodeRequest.Compare(Map.of())));
        assertInstanceOf(NodeAnswer.Members.class, pair().await(members));
        assertInstanceOf(NodeAnswer.Done.class, pair().await(done));
        assertThrows(Unreachable.class, () -> pair().await(silence));
    }

    @Test
    void whatIsNotAnsweredFailsInTime() {
        Future<NodeAnswer> first = ask(0, LinkEnd.SILENCE);
        Future<NodeAnswer> second = ask(1, LinkEnd.SILENCE);
        assertThrows(Unreachable.class, () -> pair().await(first));
        assertThrows(Unreachable.class, () -> pair().await(second));
        assertInstanceOf(NodeAnswer.Members.class, pair().await(ask(0, number(1))));
    }

    @Test
    void aDefectOfTheOtherFailsTheRequestAndNothingElse() {
        assertThrows(Unreachable.class, () -> pair().await(ask(0, LinkEnd.DEFECT)));
        assertInstanceOf(NodeAnswer.Members.class, pair().await(ask(0, number(1))));
    }

    @Test
    void aNodeThatIsNotThereIsUnreachable() {
        Future<NodeAnswer> asked =
                pair().call(0, link -> link.ask(new NodeId("nobody", 0), new NodeRequest.Ask(number(1))));
        assertThrows(Unreachable.class, () -> pair().await(asked));
    }
}
