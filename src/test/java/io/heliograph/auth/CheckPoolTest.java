package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class CheckPoolTest {
    private static final int THREADS = 2;
    private static final int WAITING_MAX = 3;
    private static final Vertx VERTX = Vertx.vertx();

    @AfterAll
    static void close() throws Exception {
        soon(VERTX.close().toCompletionStage().toCompletableFuture());
    }

    @Test
    void whoComesWhenTooManyWaitIsToldSoAndTheOthersAreChecked() throws Exception {
        CheckPool pool = new CheckPool(THREADS, WAITING_MAX);
        CompletableFuture<String> held = new CompletableFuture<>();
        Context context = VERTX.getOrCreateContext();
        CompletableFuture<List<Future<String>>> asked = new CompletableFuture<>();
        context.runOnContext(there -> asked.complete(IntStream.rangeClosed(0, THREADS + WAITING_MAX)
                .mapToObj(i -> pool.run(held::join))
                .toList()));
        List<Future<String>> checks = soon(asked);
        Refusal refusal = assertInstanceOf(
                Refusal.class, checks.get(THREADS + WAITING_MAX).cause());
        assertEquals(ErrorCode.UNAVAILABLE, refusal.code());
        held.complete("checked");
        for (Future<String> check : checks.subList(0, THREADS + WAITING_MAX)) {
            assertEquals("checked", soon(check.toCompletionStage().toCompletableFuture()));
        }
    }

    @Test
    void theAnswerComesOnTheContextOfWhoAsked() throws Exception {
        CheckPool pool = new CheckPool(THREADS, WAITING_MAX);
        Context context = VERTX.getOrCreateContext();
        CompletableFuture<Boolean> isThere = new CompletableFuture<>();
        context.runOnContext(there -> pool.run(() -> {
                    throw new Refusal(ErrorCode.UNAUTHORIZED, "wrong");
                })
                .onFailure(wrong -> isThere.complete(Vertx.currentContext() == context)));
        assertTrue(soon(isThere));
    }

    private static <T> T soon(CompletableFuture<T> future)
            throws ExecutionException, InterruptedException, TimeoutException {
        return future.get(20, TimeUnit.SECONDS);
    }
}
