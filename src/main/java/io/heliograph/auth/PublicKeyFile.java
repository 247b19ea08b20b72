package io.heliograph.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A PEM file with one or more public keys (RFC 7468, section 13). */
record PublicKeyFile(Path file) {
    private static final String CONFIGURED = "auth.jwt.keys";
    private static final Pattern PUBLIC_KEY =
            Pattern.compile("-----BEGIN PUBLIC KEY-----(.*?)-----END PUBLIC KEY-----", Pattern.DOTALL);
    private static final String PRIVATE = "PRIVATE KEY-----";
    private static final List<String> KINDS = List.of("RSA", "EC", "EdDSA");
    private static final int FILE_BYTES_MAX = 1 << 20;

    /** In the order of the file, at least one. Blocks. Fails with an {@link AuthFailure} where one of them cannot be used. */
    List<VerificationKey> keys() {
        String text = content();
        if (text.contains(PRIVATE)) {
            throw wrong("public keys only; private ones belong where tokens are made");
        }
        List<VerificationKey> keys = new ArrayList<>();
        Matcher found = PUBLIC_KEY.matcher(text);
        while (found.find()) {
            int number = keys.size() + 1;
            PublicKey key =
                    key(found.group(1)).orElseThrow(() -> wrong("whole public keys; number " + number + " is damaged"));
            Algorithm algorithm = Algorithm.of(key)
                    .orElseThrow(
                            () -> wrong("RSA keys of at least 2048 bits, EC keys on P-256 and Ed25519 keys; number "
                                    + number + " is another one"));
            keys.add(new VerificationKey(algorithm, key));
        }
        if (keys.isEmpty()) {
            throw wrong("a PEM file with a public key");
        }
        return keys;
    }

    private String content() {
        if (!Files.isRegularFile(file)) {
            throw wrong("a file; " + (Files.exists(file) ? "it is none" : "there is none"));
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(FILE_BYTES_MAX + 1);
            if (content.length > FILE_BYTES_MAX) {
                throw wrong("a PEM file; it has more than " + FILE_BYTES_MAX + " bytes");
            }
            return new String(content, StandardCharsets.ISO_8859_1);
        } catch (AccessDeniedException denied) {
            throw wrong("a file this user may read; permission denied");
        } catch (IOException failure) {
            throw wrong("a file that can be read; " + failure.getClass().getSimpleName());
        }
    }

    private static Optional<PublicKey> key(String base64) {
        byte[] encoded;
        try {
            encoded = Base64.getMimeDecoder().decode(base64.strip());
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
        return KINDS.stream().flatMap(kind -> key(kind, encoded).stream()).findFirst();
    }

    private static Optional<PublicKey> key(String kind, byte[] encoded) {
        try {
            return Optional.of(KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(encoded)));
        } catch (InvalidKeySpecException another) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException(kind + ": missing (expected: in every Java)", missing);
        }
    }

    private AuthFailure wrong(String expectation) {
        return AuthFailure.of(CONFIGURED, file, expectation);
    }
}
