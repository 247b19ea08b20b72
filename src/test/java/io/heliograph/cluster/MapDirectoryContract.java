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
