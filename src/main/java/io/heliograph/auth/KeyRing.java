package io.heliograph.auth;

import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.keys.HmacKey;

/** The keys with which tokens are checked: a token finds only those that are made for its algorithm. */
record KeyRing(List<VerificationKey> keys) {
    KeyRing {
        keys = List.copyOf(keys);
    }

    /** Reads the files. Blocks. Fails with an {@link AuthFailure} where one of them cannot be used. */
    static KeyRing of(Settings.Auth.Jwt settings) {
        Stream<VerificationKey> shared =
                settings.secrets().stream().map(secret -> new VerificationKey(Algorithm.HS256, key(secret)));
        Stream<VerificationKey> pairs = settings.keys().stream()
                .map(PublicKeyFile::new)
                .map(PublicKeyFile::keys)
                .flatMap(List::stream);
        return new KeyRing(Stream.concat(shared, pairs).toList());
    }

    /** The key that a secret is. */
    static Key key(Secret secret) {
        return new HmacKey(secret.value().getBytes(StandardCharsets.UTF_8));
    }

    /** What they are for. */
    Set<Algorithm> algorithms() {
        return keys.stream().map(VerificationKey::algorithm).collect(Collectors.toSet());
    }

    /** Those for tokens with this {@code alg}. */
    List<Key> forAlgorithm(Algorithm algorithm) {
        return keys.stream()
                .filter(key -> key.algorithm() == algorithm)
                .map(VerificationKey::key)
                .toList();
    }
}
