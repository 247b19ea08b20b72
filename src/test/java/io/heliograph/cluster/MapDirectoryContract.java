package io.heliograph.cluster;

import io.heliograph.routing.Directory;
import io.heliograph.routing.DirectoryContract;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;

/** The contract on shared maps, as the nodes of a cluster use them. */
abstract class MapDirectoryContract extends DirectoryContract {
    private final VertxCluster cluster;

    MapDirectoryContract(VertxCluster cluster) {
        this.cluster = cluster;
        for (int view = 0; view < cluster.nodes().size(); view++) {
            awaitAnswer(view);
        }
    }

    /** The first question may find the members still sharing out the directory. */
    private void awaitAnswer(int view) {
        cluster.until(
                "an answer of the directory",
                () -> await(
                        call(view, Directory::contents).transform(found -> Future.succeededFuture(found.succeeded()))));
    }

    @Override
    protected int views() {
        return cluster.nodes().size();
    }

    @Override
    protected <T> Future<T> call(int view, Function<Directory, Future<T>> operation) {
        VertxCluster.Node node = cluster.nodes().get(view);
        return cluster.call(node, () -> operation.apply(node.directory()));
    }

    @Override
    protected <T> T await(Future<T> future) {
        return cluster.await(future);
    }

    @Override
    protected boolean isHome(int view) {
        return Vertx.currentContext() == cluster.nodes().get(view).home();
    }

    @AfterAll
    void close() {
        cluster.close();
    }
}
