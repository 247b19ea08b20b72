package io.heliograph.auth;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Refusal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.RequestOptions;
import java.security.Key;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Public keys that somebody who makes tokens has at an address (RFC 7517, section 5). They are fetched when a token needs one, anew
 * when they are as old as they may get ({@code Cache-Control}, else an hour) or do not have the one that a token names, and kept
 * while that address does not answer. Shared: asked on any Vert.x context.
 */
final class Jwks {
    private static final Logger LOG = LoggerFactory.getLogger(Jwks.class);
    private static final int CONNECT_MILLIS_MAX = 2_000;
    private static final int ANSWER_MILLIS_MAX = 2_000;
    /** Whoever names keys that do not exist must not have them fetched all the time. */
    private static final long AGAIN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

    // Set once.
    private final String address;
    private final HttpClient client;
    private final Vertx vertx;
    private final Context context;

    // Shared: any context reads, its own writes.
    private volatile KeySet last = KeySet.none();
    private volatile boolean failing;

    // Owned by its own context.
    private Optional<Future<Boolean>> underWay = Optional.empty();
    private long nextNanos = System.nanoTime();

    /** Asks nobody yet. */
    Jwks(Vertx vertx, String address) {
        this.vertx = vertx;
        this.address = address;
        this.client = vertx.createHttpClient(
                new HttpClientOptions().setConnectTimeout(CONNECT_MILLIS_MAX).setKeepAlive(false));
        this.context = vertx.getOrCreateContext();
    }

    /**
     * Those for tokens with this {@code alg} and {@code kid}. Fails with a {@link Refusal} of {@code unavailable} where no keys have
     * been had yet, or none of this {@code kid} while they could not be fetched anew for it.
     */
    Future<List<Key>> forToken(Algorithm algorithm, Optional<String> id) {
        KeySet keys = last;
        List<Key> known = keys.select(algorithm, id);
        long now = System.nanoTime();
        if (known.isEmpty() || (keys.isStale(now) && !failing)) {
            return fetched().map(anew -> afterFetch(anew, algorithm, id));
        }
        if (keys.isDue(now)) {
            context.runOnContext(beside -> fetch());
        }
        return Future.succeededFuture(known);
    }

    private List<Key> afterFetch(boolean anew, Algorithm algorithm, Optional<String> id) {
        KeySet keys = last;
        if (keys.isEmpty()) {
            throw new Refusal(ErrorCode.UNAVAILABLE, "token: no keys to check it with (expected: again, later)");
        }
        if (!anew && id.filter(named -> !keys.has(named)).isPresent()) {
            throw new Refusal(ErrorCode.UNAVAILABLE, "token: by a key that is not here yet (expected: again, later)");
        }
        return keys.select(algorithm, id);
    }

    /** Whether they are as somebody who is asked now has them: not where that was asked earlier, or has just been tried in vain. */
    private Future<Boolean> fetch() {
        long now = System.nanoTime();
        if (underWay.isEmpty() && now - nextNanos >= 0) {
            nextNanos = now + AGAIN_AFTER_NANOS;
            Future<Boolean> asked = ask().map(this::keep).otherwise(this::fail);
            underWay = Optional.of(asked);
            asked.onComplete(over -> underWay = Optional.empty());
            return asked;
        }
        return underWay.map(earlier -> earlier.map(false)).orElse(Future.succeededFuture(false));
    }

    /** The same from any context, to which it comes back. */
    private Future<Boolean> fetched() {
        Context caller = vertx.getOrCreateContext();
        Promise<Boolean> fetched = Promise.promise();
        context.runOnContext(
                there -> fetch().onComplete(result -> caller.runOnContext(back -> fetched.handle(result))));
        return fetched.future();
    }

    private Future<KeySet> ask() {
        return client.request(new RequestOptions().setAbsoluteURI(address).setTimeout(ANSWER_MILLIS_MAX))
                .compose(request -> Answer.to(request, Buffer.buffer(), KeySet.BYTES_MAX, ANSWER_MILLIS_MAX))
                .compose(answer -> vertx.executeBlocking(() -> KeySet.read(answer)));
    }

    private boolean keep(KeySet keys) {
        last = keys;
        failing = false;
        return true;
    }

    private boolean fail(Throwable cause) {
        failing = true;
        LOG.warn("keys not fetched auth.jwt.jwks={} cause={}", address, Answer.why(cause));
        return false;
    }
}
