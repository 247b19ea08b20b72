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
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import java.security.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.Use;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;
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
    private static final int BYTES_MAX = 1 << 20;
    private static final int OK = 200;
    private static final Pattern MAX_AGE = Pattern.compile("\\bmax-age=(\\d{1,9})");
    private static final long KEPT_SECONDS = 3_600;
    /** Whoever names keys that do not exist must not have them fetched all the time. */
    private static final long AGAIN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** What was had last, when it is to be fetched beside, and until when it is good without. */
    private record Keys(List<JsonWebKey> all, long renewNanos, long staleNanos) {
        private static Keys fetched(List<JsonWebKey> all, Duration good) {
            long now = System.nanoTime();
            return new Keys(all, now + good.toNanos() / 10 * 9, now + good.toNanos());
        }
    }

    // Set once.
    private final String address;
    private final HttpClient client;
    private final Vertx vertx;
    private final Context context;

    // Shared: any context reads, its own writes.
    private volatile Keys last = Keys.fetched(List.of(), Duration.ZERO);
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
        Keys keys = last;
        List<Key> known = select(keys, algorithm, id);
        long now = System.nanoTime();
        if (known.isEmpty() || (now - keys.staleNanos >= 0 && !failing)) {
            return fetched().map(anew -> afterFetch(anew, algorithm, id));
        }
        if (now - keys.renewNanos >= 0) {
            context.runOnContext(beside -> fetch());
        }
        return Future.succeededFuture(known);
    }

    private List<Key> afterFetch(boolean anew, Algorithm algorithm, Optional<String> id) {
        Keys now = last;
        if (now.all.isEmpty()) {
            throw new Refusal(ErrorCode.UNAVAILABLE, "token: no keys to check it with (expected: again, later)");
        }
        if (!anew && id.filter(named -> !isThere(now, named)).isPresent()) {
            throw new Refusal(ErrorCode.UNAVAILABLE, "token: by a key that is not here yet (expected: again, later)");
        }
        return select(now, algorithm, id);
    }

    private static boolean isThere(Keys keys, String id) {
        return keys.all.stream().anyMatch(key -> id.equals(key.getKeyId()));
    }

    private static List<Key> select(Keys keys, Algorithm algorithm, Optional<String> id) {
        return keys.all.stream()
                .filter(key -> id.isEmpty() || id.get().equals(key.getKeyId()))
                .filter(key -> !Use.ENCRYPTION.equals(key.getUse()))
                .map(JsonWebKey::getKey)
                .filter(key -> Algorithm.of(key).equals(Optional.of(algorithm)))
                .toList();
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

    private Future<Keys> ask() {
        return client.request(new RequestOptions().setAbsoluteURI(address).setTimeout(ANSWER_MILLIS_MAX))
                .compose(request -> Answer.to(request, Buffer.buffer(), BYTES_MAX, ANSWER_MILLIS_MAX))
                .compose(answer -> vertx.executeBlocking(() -> read(answer)));
    }

    private static Keys read(Answer answer) throws JoseException {
        if (answer.status() != OK) {
            throw Members.wrong("status", String.valueOf(answer.status()), "200");
        }
        String body = answer.body()
                .orElseThrow(() -> Members.wrong("body", "too long", "<= " + BYTES_MAX + " bytes"))
                .toString();
        long keptSeconds = Optional.ofNullable(answer.head().getHeader(HttpHeaders.CACHE_CONTROL))
                .flatMap(control -> MAX_AGE.matcher(control).results().findFirst())
                .map(Jwks::seconds)
                .filter(seconds -> seconds > 0)
                .orElse(KEPT_SECONDS);
        if (!(JsonUtil.parseJson(body).get("keys") instanceof List<?> entries)) {
            throw Members.wrong("keys", "missing or of another kind", "an array");
        }
        return Keys.fetched(entries.stream().flatMap(Jwks::key).toList(), Duration.ofSeconds(keptSeconds));
    }

    /** None where it is of a kind that is not understood: RFC 7517, section 5, has such passed over. */
    private static Stream<JsonWebKey> key(@Nullable Object entry) {
        if (!(entry instanceof Map<?, ?> members)) {
            return Stream.empty();
        }
        Map<String, Object> parameters = new HashMap<>();
        members.forEach((name, value) -> parameters.put(String.valueOf(name), value));
        try {
            return Stream.of(JsonWebKey.Factory.newJwk(parameters));
        } catch (JoseException | RuntimeException notUnderstood) {
            return Stream.empty();
        }
    }

    private static long seconds(MatchResult found) {
        return Long.parseLong(found.group(1));
    }

    private boolean keep(Keys keys) {
        last = keys;
        failing = false;
        return true;
    }

    private boolean fail(Throwable cause) {
        failing = true;
        LOG.warn(
                "keys not fetched auth.jwt.jwks={} cause={}",
                address,
                cause instanceof IllegalArgumentException ? cause.getMessage() : cause.toString());
        return false;
    }
}
