package io.heliograph.routing;

import io.vertx.core.Future;
import java.util.function.Function;

/** The contract on the directory of a node that is alone. */
class LoopbackDirectoryTest extends DirectoryContract {
    private final Directory directory = new LoopbackDirectory();

    @Override
    protected int views() {
        return 1;
    }

    @Override
    protected <T> Future<T> call(int view, Function<Directory, Future<T>> operation) {
        return operation.apply(directory);
    }

    @Override
    protected <T> T await(Future<T> future) {
        if (!future.succeeded()) {
            throw new AssertionError("not done at once", future.cause());
        }
        return future.result();
    }
}
