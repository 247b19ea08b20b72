package io.heliograph.routing;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Some nodes that know each other. Every wait is bounded, and none of them sleeps. */
public interface TestCluster extends AutoCloseable {
    List<? extends TestNode> nodes();

    /** A new peer on a node; numbers beyond the last node begin anew with the first. */
    default Client enter(int node) {
        return enter(node, Optional.empty());
    }

    /** The same for a peer of a user. */
    Client enter(int node, Optional<Name> user);

    /** Waits for the result; fails with the failure. */
    <T> T await(Future<T> future);

    /** Waits until {@code condition} holds; {@code what} says what was waited for in vain. */
    void until(String what, BooleanSupplier condition);

    /** What the directory holds now. */
    Directory.Contents directory();

    /** What a node says of itself. */
    default JsonObject report(TestNode node) {
        return await(call(node, () -> Future.succeededFuture(node.router().report())));
    }

    /** What {@code action} comes to on the node's context. */
    <T> Future<T> call(TestNode node, Supplier<Future<T>> action);

    /** Kills the last node, and with it all nodes of its process. */
    void kill();

    /** Has a node stand still until the result is run. */
    Runnable freeze(TestNode node);

    /** What went wrong unseen. */
    List<String> complaints();

    /** The nodes that have not been killed. */
    default List<NodeId> ids() {
        return nodes().stream().map(TestNode::id).toList();
    }

    @Override
    void close();
}
