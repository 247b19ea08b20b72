package io.heliograph.auth;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Refusal;
import java.io.IOException;
import java.security.Key;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jose4j.http.Get;
import org.jose4j.jwk.HttpsJwks;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.Use;
import org.jose4j.lang.JoseException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Public keys that somebody who makes tokens has at an address (RFC 7517, section 5). They are fetched when a token needs one, anew
 * when they are as old as they may get ({@code Cache-Control}, else an hour) or do not have the one that a token names, and kept
 * while that address does not answer. From any thread that may block.
 */
final class Jwks {
    private static final Logger LOG = LoggerFactory.getLogger(Jwks.class);
    private static final int CONNECT_MILLIS_MAX = 2_000;
    private static final int ANSWER_MILLIS_MAX = 2_000;
    private static final int BYTES_MAX = 1 << 20;
    private static final long KEPT_SECONDS = 3_600;
    /** Whoever names keys that do not exist must not have them fetched all the time. */
    private static final long ANEW_AFTER_MILLIS = 5_000;
    /** Other tokens wait while somebody waits for an answer. */
    private static final long AGAIN_AFTER_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final HttpsJwks source;

    // Shared: any thread.
    private volatile List<JsonWebKey> last = List.of();
    private volatile long failedNanos = System.nanoTime() - AGAIN_AFTER_NANOS;

    Jwks(String address) {
        Get get = new Get();
        get.setConnectTimeout(CONNECT_MILLIS_MAX);
        get.setReadTimeout(ANSWER_MILLIS_MAX);
        get.setRetries(0);
        get.setResponseBodySizeLimit(BYTES_MAX);
        this.source = new HttpsJwks(address);
        source.setSimpleHttpGet(get);
        source.setDefaultCacheDuration(KEPT_SECONDS);
        source.setRefreshReprieveThreshold(ANEW_AFTER_MILLIS);
    }

    /**
     * Those for tokens with this {@code alg} and {@code kid}. Fails with a {@link Refusal} of {@code unavailable} where no keys have
     * been had yet, or none of this {@code kid} while they could not be fetched anew for it.
     */
    List<Key> forToken(String algorithm, Optional<String> id) {
        List<JsonWebKey> before = last;
        List<Key> known = select(keys(false), algorithm, id);
        if (!known.isEmpty()) {
            return known;
        }
        List<Key> latest = select(keys(true), algorithm, id);
        boolean fetchedAnew = last != before;
        if (!fetchedAnew && id.filter(named -> !isThere(named)).isPresent()) {
            throw new Refusal(ErrorCode.UNAVAILABLE, "token: by a key that is not here yet (expected: again, later)");
        }
        return latest;
    }

    private boolean isThere(String id) {
        return last.stream().anyMatch(key -> id.equals(key.getKeyId()));
    }

    private static List<Key> select(List<JsonWebKey> keys, String algorithm, Optional<String> id) {
        return keys.stream()
                .filter(key -> id.isEmpty() || id.get().equals(key.getKeyId()))
                .filter(key -> !Use.ENCRYPTION.equals(key.getUse()))
                .map(JsonWebKey::getKey)
                .filter(key -> Algorithm.of(key)
                        .filter(Algorithm::isPublic)
                        .filter(made -> made.label().equals(algorithm))
                        .isPresent())
                .toList();
    }

    private List<JsonWebKey> keys(boolean anew) {
        if (System.nanoTime() - failedNanos >= AGAIN_AFTER_NANOS) {
            fetch(anew);
        }
        if (last.isEmpty()) {
            throw new Refusal(ErrorCode.UNAVAILABLE, "token: no keys to check it with (expected: again, later)");
        }
        return last;
    }

    private void fetch(boolean anew) {
        try {
            if (anew) {
                source.refresh();
            }
            last = source.getJsonWebKeys();
        } catch (JoseException | IOException | RuntimeException failure) {
            failedNanos = System.nanoTime();
            LOG.warn("keys not fetched auth.jwt.jwks={} cause={}", source.getLocation(), failure.toString());
        }
    }
}
