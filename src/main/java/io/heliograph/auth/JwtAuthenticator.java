package io.heliograph.auth;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.vertx.core.Future;
import java.security.Key;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.lang.JoseException;

/** Takes JSON Web Tokens (RFC 7519) that are signed (RFC 7515) with one of the configured keys. */
public final class JwtAuthenticator implements Authenticator {
    /** Longest token, in characters. */
    static final int TOKEN_LENGTH_MAX = 8_192;

    /** A second's work, where a check takes a millisecond. */
    private static final int WAITING_MAX = 1_000;

    private final Settings.Auth.Jwt settings;
    private final KeyRing keys;
    private final Optional<Jwks> jwks;
    private final List<String> algorithms;
    private final AlgorithmConstraints permitted;
    private final InstantSource clock;
    private final CheckPool pool;

    private JwtAuthenticator(Settings.Auth.Jwt settings, InstantSource clock) {
        this.settings = settings;
        this.keys = KeyRing.of(settings);
        this.jwks = settings.jwks().map(Jwks::new);
        this.algorithms = Arrays.stream(Algorithm.values())
                .filter(algorithm ->
                        keys.algorithms().contains(algorithm) || (jwks.isPresent() && algorithm.isPublic()))
                .map(Algorithm::label)
                .toList();
        this.permitted = new AlgorithmConstraints(ConstraintType.PERMIT, algorithms.toArray(String[]::new));
        this.clock = clock;
        this.pool = new CheckPool(Math.max(1, Runtime.getRuntime().availableProcessors() - 1), WAITING_MAX);
    }

    /**
     * Reads the keys. Blocks.
     *
     * @param clock what the times in tokens are compared with
     * @throws AuthFailure where a file of them cannot be used
     */
    public static JwtAuthenticator of(Settings.Auth.Jwt settings, InstantSource clock) {
        return new JwtAuthenticator(settings, clock);
    }

    @Override
    public Future<Identity> identify(Optional<Name> named, Optional<Secret> token) {
        if (token.isEmpty()) {
            return Future.failedFuture(Claims.refuse("missing (expected: a JSON Web Token)"));
        }
        String text = token.get().value();
        if (text.length() > TOKEN_LENGTH_MAX) {
            return Future.failedFuture(
                    Claims.refuse("%d characters (expected: <= %d)".formatted(text.length(), TOKEN_LENGTH_MAX)));
        }
        return keys.isPublic() || jwks.isPresent()
                ? pool.run(() -> verify(text))
                : Future.future(checked -> checked.complete(verify(text)));
    }

    /** Fails with a {@link Refusal}. May take a millisecond, where keys are public, or seconds, where they are to be fetched. */
    Identity verify(String token) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(permitted);
        try {
            signature.setCompactSerialization(token);
        } catch (JoseException | RuntimeException malformed) {
            throw Claims.refuse("malformed (expected: a JSON Web Token, signed, in its compact form)");
        }
        requireSigned(signature);
        try {
            return new Claims(new Members(JsonUtil.parseJson(signature.getUnverifiedPayload())))
                    .identity(clock.instant(), settings);
        } catch (JoseException malformed) {
            throw Claims.refuse("payload: malformed (expected: a JSON object, each claim once)");
        }
    }

    private void requireSigned(JsonWebSignature signature) {
        String algorithm = header(signature, HeaderParameterNames.ALGORITHM)
                .filter(algorithms::contains)
                .orElseThrow(() ->
                        Claims.refuse("alg: another one (expected: %s)".formatted(String.join(" or ", algorithms))));
        if (!isSignedBy(keys.forAlgorithm(algorithm), signature)
                && !jwks.filter(fetched -> isSignedBy(
                                fetched.forToken(algorithm, header(signature, HeaderParameterNames.KEY_ID)), signature))
                        .isPresent()) {
            throw Claims.refuse("signature: wrong (expected: one by a key that is known here)");
        }
    }

    private static Optional<String> header(JsonWebSignature signature, String name) {
        return signature.getHeaders().getObjectHeaderValue(name) instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    private static boolean isSignedBy(List<Key> candidates, JsonWebSignature signature) {
        return candidates.stream().anyMatch(key -> isSignedFor(key, signature));
    }

    private static boolean isSignedFor(Key key, JsonWebSignature signature) {
        try {
            signature.setKey(key);
            return signature.verifySignature();
        } catch (JoseException | RuntimeException impossible) {
            throw Claims.refuse("header or signature: not understood (expected: no crit, and a signature as alg says)");
        }
    }
}
