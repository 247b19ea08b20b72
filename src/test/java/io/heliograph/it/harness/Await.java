package io.heliograph.it.harness;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Bounded waiting: for something that happens, or for something that stays as it is. */
public final class Await {
    /** Long enough for anything that should happen soon, on a machine that is busy. */
    public static final Duration SOON = Duration.ofSeconds(20);

    private static final int LOOK_MILLIS = 50;

    private Await() {}

    public static <T> T soon(Future<T> future, String what) {
        return soon(future.toCompletionStage().toCompletableFuture(), what);
    }

    public static <T> T soon(CompletableFuture<T> future, String what) {
        return within(SOON, future, what);
    }

    public static <T> T within(Duration limit, CompletableFuture<T> future, String what) {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new AssertionError("not within " + limit + ": " + what, late);
        } catch (ExecutionException failed) {
            throw new AssertionError("failed: " + what, failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted: " + what, interrupted);
        }
    }

    /** Looks again and again until there is no problem any more. */
    public static void until(Duration limit, Supplier<Optional<String>> problem) {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<String> last = problem.get();
        while (last.isPresent()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("still after " + limit + ": " + last.get());
            }
            pause();
            last = problem.get();
        }
    }

    /** Looks again and again whether a problem turns up. */
    public static void throughout(Duration time, Supplier<Optional<String>> problem) {
        long deadline = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - deadline < 0) {
            Optional<String> found = problem.get();
            if (found.isPresent()) {
                throw new AssertionError(found.get());
            }
            pause();
        }
    }

    private static void pause() {
        new CompletableFuture<Optional<String>>()
                .completeOnTimeout(Optional.empty(), LOOK_MILLIS, TimeUnit.MILLISECONDS)
                .join();
    }
}
