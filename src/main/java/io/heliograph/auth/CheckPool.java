package io.heliograph.auth;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Threads for checks that take long, and for nothing else: what waits behind a thousand of them is only another check. */
final class CheckPool {
    private final ThreadPoolExecutor threads;

    /** {@code waitingMax} is how many wait for a thread, at the most. */
    CheckPool(int threads, int waitingMax) {
        this.threads = new ThreadPoolExecutor(
                threads, threads, 0, TimeUnit.MILLISECONDS, new ArrayBlockingQueue<>(waitingMax), task -> {
                    Thread thread = new Thread(task, "token-check");
                    thread.setDaemon(true);
                    return thread;
                });
    }

    /** Completes on the caller's context; {@code unavailable} where too many wait. */
    <T> Future<T> run(Supplier<T> check) {
        Context context = Vertx.currentContext();
        Promise<T> checked = Promise.promise();
        try {
            threads.execute(() -> {
                Future<T> result = Future.future(ended -> ended.complete(check.get()));
                context.runOnContext(there -> result.onComplete(checked));
            });
        } catch (RejectedExecutionException full) {
            return Future.failedFuture(
                    new Refusal(ErrorCode.UNAVAILABLE, "token: too many wait to be checked (expected: again, later)"));
        }
        return checked.future();
    }
}
