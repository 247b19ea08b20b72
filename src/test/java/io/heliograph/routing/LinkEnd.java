package io.heliograph.routing;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What is behind a link under test: notes what comes in, and answers by the room that is asked about. */
public final class LinkEnd implements NodeLink.Inbound {
    /** A request about it is not answered. */
    static final Name SILENCE = new Name("silence");
    /** A request about it meets a defect. */
    static final Name DEFECT = new Name("defect");

    private final List<String> heard = new CopyOnWriteArrayList<>();

    /** {@code up <node>}, {@code down <node>}, and what was asked, in order. */
    public List<String> heard() {
        return heard;
    }

    /** Notes something that a test has seen at this end. */
    void note(String event) {
        heard.add(event);
    }

    @Override
    public Future<NodeAnswer> answer(NodeId from, NodeRequest request) {
        heard.add(from + " " + request);
        if (request instanceof NodeRequest.Ask ask && ask.room().equals(SILENCE)) {
            return Promise.<NodeAnswer>promise().future();
        }
        if (request instanceof NodeRequest.Ask ask && ask.room().equals(DEFECT)) {
            throw new IllegalStateException("a defect, for the test");
        }
        return Future.succeededFuture(
                request instanceof NodeRequest.Ask ? new NodeAnswer.Members(List.of()) : new NodeAnswer.Done());
    }

    @Override
    public void late(NodeId from, NodeRequest.Lasting request, NodeAnswer answer) {
        heard.add("late " + from + " " + request + " " + answer);
    }

    @Override
    public void nodeUp(NodeId node) {
        heard.add("up " + node);
    }

    @Override
    public void nodeDown(NodeId node) {
        heard.add("down " + node);
    }
}
