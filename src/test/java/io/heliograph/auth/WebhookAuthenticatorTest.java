package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.WebhookResult;
import io.heliograph.routing.CountedFacts;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real HTTP server that says who a client is, or fails at it. */
class WebhookAuthenticatorTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final int TIMEOUT_MILLIS = 2_000;
    private static final int SECONDS_MAX = 20;

    private final Vertx vertx = Vertx.vertx();
    private final LinkedBlockingQueue<WebhookResult> results = new LinkedBlockingQueue<>();
    private volatile Consumer<HttpServerRequest> endpoint = request -> {};

    @SuppressWarnings("NullAway.Init")
    private WebhookAuthenticator authenticator;

    @BeforeEach
    void start() throws Exception {
        HttpServer server = await(vertx.createHttpServer()
                .requestHandler(request -> endpoint.accept(request))
                .listen(0, "127.0.0.1"));
        authenticator = new WebhookAuthenticator(
                vertx,
                new Settings.Auth.Webhook(
                        "http://127.0.0.1:" + server.actualPort() + "/who",
                        TIMEOUT_MILLIS,
                        Optional.of(new Secret("hunter2")),
                        Grants.ALL),
                () -> NOW,
                new CountedFacts() {
                    @Override
                    public void webhookAnswered(WebhookResult result, long nanos) {
                        results.add(result);
                    }
                });
    }

    @AfterEach
    void stop() throws Exception {
        await(vertx.close());
    }

    private static <T> T await(Future<T> future) throws ExecutionException, InterruptedException, TimeoutException {
        return future.toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    private Future<Identity> ask() {
        return authenticator.identify(Optional.of(new Name("alice")), Optional.of(new Secret("t0ken")));
    }

    private Refusal refusal() {
        return refusal(ask());
    }

    private static Refusal refusal(Future<Identity> asked) {
        var failed = assertThrows(ExecutionException.class, () -> await(asked));
        return Objects.requireNonNull(assertInstanceOf(Refusal.class, failed.getCause()));
    }

    private void assertUnavailable(WebhookResult counted) throws InterruptedException {
        Refusal refusal = refusal();
        assertEquals(ErrorCode.UNAVAILABLE, refusal.code(), refusal.text());
        assertEquals(counted, results.poll(SECONDS_MAX, TimeUnit.SECONDS));
    }

    private void answer(int status, String body) {
        endpoint = request -> request.response().setStatusCode(status).end(body);
    }

    @Test
    void theEndpointIsToldWhoAsksAndWhatAndIsBelieved() throws Exception {
        LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();
        endpoint = request -> request.body().onSuccess(body -> {
            asked.add("%s %s %s %s %s"
                    .formatted(
                            request.method(),
                            request.uri(),
                            request.getHeader("content-type"),
                            request.getHeader("authorization"),
                            body));
            request.response().end("{\"user\":\"alice.a\"}");
        });
        assertEquals(Optional.of(new Name("alice.a")), await(ask()).user());
        assertEquals(
                "POST /who application/json Bearer hunter2 {\"v\":1,\"user\":\"alice\",\"token\":\"t0ken\"}",
                asked.poll(SECONDS_MAX, TimeUnit.SECONDS));
        assertEquals(WebhookResult.ALLOWED, results.poll(SECONDS_MAX, TimeUnit.SECONDS));
    }

    @Test
    void noIsUnauthorizedWithTheReasonThatIsGiven() throws Exception {
        answer(403, "{\"reason\":\"not today\"}");
        assertEquals("token: refused: not today", refusal().text());
        answer(401, "nope");
        assertEquals(
                "token: refused (expected: one that the application takes)",
                refusal().text());
        answer(401, "x".repeat(WebhookAuthenticator.ANSWER_BYTES_MAX + 1));
        assertEquals(ErrorCode.UNAUTHORIZED, refusal().code());
        answer(200, "{\"user\":\"alice\",\"expires\":1800000000}");
        assertEquals(
                "token: expires: over (expected: a time to come)", refusal().text());
        for (int i = 0; i < 4; i++) {
            assertEquals(WebhookResult.DENIED, results.poll(SECONDS_MAX, TimeUnit.SECONDS));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 204, 302, 400, 404, 500})
    void anyOtherStatusIsNoAnswer(int status) throws Exception {
        endpoint = request -> request.response()
                .setStatusCode(status)
                .putHeader("location", "/elsewhere")
                .end(status == 204 ? "" : "{\"user\":\"alice\"}");
        assertUnavailable(WebhookResult.UNUSABLE);
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 502, 503, 504})
    void aStatusThatSaysLaterIsAFailure(int status) throws Exception {
        answer(status, "{\"user\":\"alice\"}");
        assertUnavailable(WebhookResult.FAILED);
    }

    @Test
    void whatIsMalformedTooLongTooLateOrCutOffIsNoAnswer() throws Exception {
        answer(200, "{\"user\":5}");
        assertUnavailable(WebhookResult.UNUSABLE);
        answer(200, "{\"user\":\"alice\",\"x\":\"" + "x".repeat(WebhookAuthenticator.ANSWER_BYTES_MAX) + "\"}");
        assertUnavailable(WebhookResult.UNUSABLE);
        endpoint = request -> {};
        assertUnavailable(WebhookResult.FAILED);
        endpoint = request -> request.connection().close();
        assertUnavailable(WebhookResult.FAILED);
    }

    @Test
    void anAnswerThatDripsIsNotWaitedFor() throws Exception {
        endpoint = request -> {
            request.response().setChunked(true).write("{");
            long timer = vertx.setPeriodic(20, tick -> request.response().write(" "));
            request.connection().closeHandler(closed -> vertx.cancelTimer(timer));
        };
        assertUnavailable(WebhookResult.FAILED);
    }

    @Test
    void afterFailuresInARowItIsLeftAlone() throws Exception {
        LinkedBlockingQueue<String> asked = new LinkedBlockingQueue<>();
        endpoint = request -> {
            asked.add(request.uri());
            request.response().setStatusCode(503).end();
        };
        for (int i = 0; i < Breaker.FAILURES_MAX; i++) {
            assertUnavailable(WebhookResult.FAILED);
        }
        assertEquals(ErrorCode.UNAVAILABLE, refusal().code());
        assertEquals(WebhookResult.OPEN, results.poll(SECONDS_MAX, TimeUnit.SECONDS));
        assertEquals(Breaker.FAILURES_MAX, asked.size());
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 500})
    void whoMakesItFailByATokenKeepsNobodyElseOut(int status) throws Exception {
        answer(status, "{}");
        for (int i = 0; i <= Breaker.FAILURES_MAX; i++) {
            assertUnavailable(WebhookResult.UNUSABLE);
        }
        answer(200, "{\"user\":\"alice\"}");
        assertEquals(
                Optional.of(new Name("alice")),
                await(authenticator.identify(Optional.empty(), Optional.empty()))
                        .user());
    }

    @Test
    void whoWaitsInVainBehindOthersDoesNotCountAgainstIt() throws Exception {
        // Each is answered within a third of the time that a question has, and not all are asked in it.
        endpoint = request ->
                vertx.setTimer(TIMEOUT_MILLIS / 3, later -> request.response().end("{\"user\":\"alice\"}"));
        vertx.runOnContext(there -> IntStream.range(0, 600).forEach(i -> ask()));
        int allowed = 0;
        for (int i = 0; i < 600; i++) {
            WebhookResult result = results.poll(SECONDS_MAX, TimeUnit.SECONDS);
            assertTrue(result == WebhookResult.ALLOWED || result == WebhookResult.FAILED, () -> "was " + result);
            allowed += result == WebhookResult.ALLOWED ? 1 : 0;
        }
        assertTrue(allowed < 590, "all were asked");
        assertEquals(Optional.of(new Name("alice")), await(ask()).user());
    }

    @Test
    void whoeverIsTooManyIsToldAtOnce() throws Exception {
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        endpoint = held::add;
        vertx.runOnContext(there -> IntStream.range(0, 1_200).forEach(i -> ask()));
        for (int i = 0; i < 1_200; i++) {
            assertEquals(WebhookResult.FAILED, results.poll(SECONDS_MAX, TimeUnit.SECONDS));
            // Those for whom there is no room are told at once, the others when their time is over.
            assertTrue(i > 100 || held.size() <= 32, () -> String.valueOf(held.size()));
        }
        assertTrue(!held.isEmpty());
    }

    @Test
    void aTokenWithoutEndIsRefusedUnasked() throws Exception {
        endpoint = request -> request.response().end(Buffer.buffer("{\"user\":\"alice\"}"));
        assertEquals(
                "token: too long (expected: <= 8192 characters)",
                refusal(authenticator.identify(Optional.empty(), Optional.of(new Secret("x".repeat(8_193)))))
                        .text());
        assertTrue(results.isEmpty());
    }
}
