package io.heliograph.auth;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.WebhookResult;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks an HTTP endpoint of the application's who a client is, each time. One answer is good for nobody else. */
public final class WebhookAuthenticator implements Authenticator {
    /** Longest token, in characters. */
    static final int TOKEN_LENGTH_MAX = 8_192;
    /** Longest answer. */
    static final int ANSWER_BYTES_MAX = 65_536;

    private static final Logger LOG = LoggerFactory.getLogger(WebhookAuthenticator.class);
    /** Questions under way at a time, of a whole process. */
    private static final int CONNECTIONS_MAX = 32;
    /** Questions that wait for one of them. */
    private static final int WAITING_MAX = 1_000;

    /** Shorter than common HTTP servers keep a connection: a question on one that just ends has failed. */
    private static final int KEPT_SECONDS = 4;

    private static final long WARN_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int OK = 200;
    private static final Set<Integer> OVERLOADED = Set.of(429, 502, 503, 504);
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;

    // Set once.
    private final Settings.Auth.Webhook settings;
    private final InstantSource clock;
    private final Facts facts;
    private final HttpClient client;
    private final Breaker breaker = new Breaker(System::nanoTime);

    // Shared: any thread.
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong warnedNanos = new AtomicLong(System.nanoTime() - WARN_AGAIN_NANOS);

    /**
     * Asks nobody yet.
     *
     * @param clock what {@code expires} is compared with
     */
    public WebhookAuthenticator(Vertx vertx, Settings.Auth.Webhook settings, InstantSource clock, Facts facts) {
        this.settings = settings;
        this.clock = clock;
        this.facts = facts;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setKeepAliveTimeout(KEPT_SECONDS),
                new PoolOptions().setHttp1MaxSize(CONNECTIONS_MAX).setMaxWaitQueueSize(WAITING_MAX));
    }

    @Override
    public Future<Identity> identify(Optional<Name> named, Optional<Secret> token) {
        if (token.filter(text -> text.value().length() > TOKEN_LENGTH_MAX).isPresent()) {
            return Future.failedFuture(
                    Claims.refuse("too long (expected: <= %d characters)".formatted(TOKEN_LENGTH_MAX)));
        }
        if (!breaker.admits()) {
            facts.webhookAnswered(WebhookResult.OPEN, 0);
            return Future.failedFuture(unavailable());
        }
        long askedNanos = System.nanoTime();
        return ask(WebhookCodec.question(named, token))
                .map(this::identity)
                .onComplete(answered -> count(answered, System.nanoTime() - askedNanos))
                .recover(failure -> Future.failedFuture(failure instanceof Refusal ? failure : unavailable()));
    }

    private static Refusal unavailable() {
        return new Refusal(
                ErrorCode.UNAVAILABLE, "token: not checked, the application does not answer (expected: again, later)");
    }

    private Future<Answer> ask(Buffer question) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setAbsoluteURI(settings.url())
                .setTimeout(settings.timeoutMillis())
                .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                .putHeader(HttpHeaders.ACCEPT, "application/json");
        settings.secret().ifPresent(secret -> options.putHeader(HttpHeaders.AUTHORIZATION, "Bearer " + secret.value()));
        return client.request(options)
                .recover(failure -> Future.failedFuture(whyNotAsked(failure)))
                .compose(request -> {
                    underWay.incrementAndGet();
                    return Answer.to(request, question, ANSWER_BYTES_MAX, settings.timeoutMillis())
                            .onComplete(answered -> underWay.decrementAndGet());
                });
    }

    /** Who has waited behind others in vain has not asked. */
    private Throwable whyNotAsked(Throwable failure) {
        return failure instanceof TimeoutException && underWay.get() >= CONNECTIONS_MAX
                ? new ConnectionPoolTooBusyException("waited behind " + CONNECTIONS_MAX + " others")
                : failure;
    }

    /** Fails with a {@link Refusal} where the answer is no, and with anything else where it is none. */
    private Identity identity(Answer answer) {
        if (answer.status() == UNAUTHORIZED || answer.status() == FORBIDDEN) {
            throw Claims.refuse(answer.body()
                    .flatMap(WebhookCodec::reason)
                    .map(reason -> "refused: " + reason)
                    .orElse("refused (expected: one that the application takes)"));
        }
        if (OVERLOADED.contains(answer.status())) {
            throw new IllegalStateException("status: " + answer.status());
        }
        if (answer.status() != OK) {
            throw Members.wrong("status", String.valueOf(answer.status()), "200, 401 or 403");
        }
        Buffer body =
                answer.body().orElseThrow(() -> Members.wrong("body", "too long", "<= " + ANSWER_BYTES_MAX + " bytes"));
        Identity identity = WebhookCodec.identity(body, settings.defaults());
        if (identity.expiry()
                .filter(expiry -> !clock.instant().isBefore(expiry))
                .isPresent()) {
            throw Claims.refuse("expires: over (expected: a time to come)");
        }
        return identity;
    }

    private void count(AsyncResult<Identity> answered, long nanos) {
        if (answered.succeeded()) {
            breaker.succeeded();
            facts.webhookAnswered(WebhookResult.ALLOWED, nanos);
        } else if (answered.cause() instanceof Refusal) {
            breaker.succeeded();
            facts.webhookAnswered(WebhookResult.DENIED, nanos);
        } else {
            boolean ofNoUse = answered.cause() instanceof IllegalArgumentException;
            // That may be due to one client; and that too many ask at once says nothing about who answers.
            if (!ofNoUse && !(answered.cause() instanceof ConnectionPoolTooBusyException)) {
                breaker.failed();
            }
            facts.webhookAnswered(ofNoUse ? WebhookResult.UNUSABLE : WebhookResult.FAILED, nanos);
            warn(answered.cause());
        }
    }

    private void warn(Throwable cause) {
        long now = System.nanoTime();
        long last = warnedNanos.get();
        if (now - last >= WARN_AGAIN_NANOS && warnedNanos.compareAndSet(last, now)) {
            LOG.warn("client not identified auth.webhook.url={} cause={}", settings.url(), Answer.why(cause));
        }
    }
}
