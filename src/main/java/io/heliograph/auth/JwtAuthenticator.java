package io.heliograph.auth;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.Key;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Takes JSON Web Tokens (RFC 7519) that are signed (RFC 7515) with one of the configured keys. */
public final class JwtAuthenticator implements Authenticator {
    /** Longest token, in characters. */
    static final int TOKEN_LENGTH_MAX = 8_192;

    /** A second's work, where a check takes a millisecond. */
    private static final int WAITING_MAX = 1_000;

    private final Settings.Auth.Jwt settings;
    private final KeyRing keys;
    private final Optional<Jwks> jwks;
    private final Set<Algorithm> algorithms;
    private final InstantSource clock;
    private final CheckPool pool =
            new CheckPool(Math.max(1, Runtime.getRuntime().availableProcessors() - 1), WAITING_MAX);

    private JwtAuthenticator(Vertx vertx, Settings.Auth.Jwt settings, KeyRing keys, InstantSource clock) {
        this.settings = settings;
        this.keys = keys;
        this.jwks = settings.jwks().map(address -> new Jwks(vertx, address));
        this.algorithms = Arrays.stream(Algorithm.values())
                .filter(algorithm ->
                        keys.algorithms().contains(algorithm) || (jwks.isPresent() && algorithm.isPublic()))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Algorithm.class)));
        this.clock = clock;
    }

    /**
     * Reads the keys, before there is a Vert.x. Blocks.
     *
     * @param clock what the times in tokens are compared with
     * @throws AuthFailure where a file of them cannot be used
     */
    public static Function<Vertx, Authenticator> of(Settings.Auth.Jwt settings, InstantSource clock) {
        KeyRing keys = KeyRing.of(settings);
        return vertx -> new JwtAuthenticator(vertx, settings, keys, clock);
    }

    @Override
    public Future<Identity> identify(Optional<Name> named, Optional<Secret> token) {
        return Future.<SignedToken>future(parsed -> parsed.complete(parse(token)))
                .compose(parsed -> isSigned(parsed).map(isSigned -> identity(parsed, isSigned)));
    }

    private SignedToken parse(Optional<Secret> token) {
        String text = token.orElseThrow(() -> Claims.refuse("missing (expected: a JSON Web Token)"))
                .value();
        if (text.length() > TOKEN_LENGTH_MAX) {
            throw Claims.refuse("%d characters (expected: <= %d)".formatted(text.length(), TOKEN_LENGTH_MAX));
        }
        return SignedToken.parse(text, algorithms);
    }

    /** Fetched keys are asked for where no other is good. */
    private Future<Boolean> isSigned(SignedToken token) {
        Future<Boolean> byOwn = isSignedByOneOf(keys.forAlgorithm(token.algorithm()), token);
        return jwks.filter(fetched -> token.algorithm().isPublic())
                .map(fetched -> byOwn.compose(isSigned -> isSigned
                        ? byOwn
                        : fetched.forToken(token.algorithm(), token.keyId())
                                .compose(candidates -> isSignedByOneOf(candidates, token))))
                .orElse(byOwn);
    }

    private Future<Boolean> isSignedByOneOf(List<Key> candidates, SignedToken token) {
        if (candidates.isEmpty()) {
            return Future.succeededFuture(false);
        }
        return token.algorithm().isPublic()
                ? pool.run(() -> token.isSignedByOneOf(candidates))
                : Future.future(checked -> checked.complete(token.isSignedByOneOf(candidates)));
    }

    private Identity identity(SignedToken token, boolean isSigned) {
        if (!isSigned) {
            throw Claims.refuse("signature: wrong (expected: one by a key that is known here)");
        }
        return token.claims().identity(clock.instant(), settings);
    }
}
