package io.heliograph.auth;

import io.vertx.core.http.HttpHeaders;
import java.security.Key;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.Use;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Web Key Set (RFC 7517, section 5) that has been fetched.
 *
 * @param renewNanos when to fetch it anew, beside, by {@link System#nanoTime()}
 * @param staleNanos when it is no good any more, unless there is no other
 */
record KeySet(List<JsonWebKey> keys, long renewNanos, long staleNanos) {
    /** Longest set. */
    static final int BYTES_MAX = 1 << 20;

    private static final int OK = 200;
    private static final Pattern MAX_AGE =
            Pattern.compile("(?:^|[,\\s])max-age=\"?(\\d{1,9})", Pattern.CASE_INSENSITIVE);
    private static final Duration GOOD = Duration.ofHours(1);

    private KeySet(List<JsonWebKey> keys, Duration good, long nowNanos) {
        this(List.copyOf(keys), nowNanos + good.toNanos() / 10 * 9, nowNanos + good.toNanos());
    }

    static KeySet none() {
        return new KeySet(List.of(), Duration.ZERO, System.nanoTime());
    }

    /** Fails with an {@link IllegalArgumentException} that says what is wrong, or a {@link JoseException} where that is no JSON. */
    static KeySet read(Answer answer) throws JoseException {
        if (answer.status() != OK) {
            throw Members.wrong("status", String.valueOf(answer.status()), "200");
        }
        String body = answer.body()
                .orElseThrow(() -> Members.wrong("body", "too long", "<= " + BYTES_MAX + " bytes"))
                .toString();
        if (!(JsonUtil.parseJson(body).get("keys") instanceof List<?> entries)) {
            throw Members.wrong("keys", "missing or of another kind", "an array");
        }
        return new KeySet(entries.stream().flatMap(KeySet::key).toList(), good(answer), System.nanoTime());
    }

    /** RFC 9111, section 5.2.2.1. */
    private static Duration good(Answer answer) {
        return Optional.ofNullable(answer.head().getHeader(HttpHeaders.CACHE_CONTROL))
                .flatMap(control -> MAX_AGE.matcher(control).results().findFirst())
                .map(found -> Duration.ofSeconds(Long.parseLong(found.group(1))))
                .filter(good -> !good.isZero())
                .orElse(GOOD);
    }

    /** None where it is of a kind that is not understood: such are to be passed over. */
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

    boolean isEmpty() {
        return keys.isEmpty();
    }

    boolean isDue(long nowNanos) {
        return nowNanos - renewNanos >= 0;
    }

    boolean isStale(long nowNanos) {
        return nowNanos - staleNanos >= 0;
    }

    /** Whether one of them has this {@code kid}. */
    boolean has(String id) {
        return keys.stream().anyMatch(key -> id.equals(key.getKeyId()));
    }

    /** Those for tokens with this {@code alg}, and with this {@code kid} where there is one. */
    List<Key> select(Algorithm algorithm, Optional<String> id) {
        return keys.stream()
                .filter(key -> id.isEmpty() || id.get().equals(key.getKeyId()))
                .filter(key -> !Use.ENCRYPTION.equals(key.getUse()))
                .map(JsonWebKey::getKey)
                .filter(key -> Algorithm.of(key).equals(Optional.of(algorithm)))
                .toList();
    }
}
