package io.heliograph.auth;

import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Secret;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens and keys by the JDK alone, from the RFCs and not by the server's code. */
public final class Tokens {
    /** Signs what a token begins with. */
    @FunctionalInterface
    public interface Signer {
        byte[] sign(byte[] text) throws GeneralSecurityException;
    }

    private Tokens() {}

    /** Who {@code authenticator} says it is; fails with its {@link Refusal}. */
    static Identity verify(Vertx vertx, Authenticator authenticator, String token) {
        return identity(ask(vertx, authenticator, token));
    }

    /** Asks as a node does, on a context. */
    static CompletableFuture<Identity> ask(Vertx vertx, Authenticator authenticator, String token) {
        CompletableFuture<Identity> identified = new CompletableFuture<>();
        vertx.runOnContext(there -> authenticator
                .identify(Optional.empty(), Optional.of(new Secret(token)))
                .onSuccess(identified::complete)
                .onFailure(identified::completeExceptionally));
        return identified;
    }

    static Identity identity(CompletableFuture<Identity> identified) {
        try {
            return identified.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof Refusal refusal) {
                throw refusal;
            }
            throw new IllegalStateException(refused);
        } catch (InterruptedException | TimeoutException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    public static String hs256(String secret, JsonObject claims) {
        return token("HS256", hmac(secret.getBytes(StandardCharsets.UTF_8)), claims);
    }

    public static String rs256(KeyPair pair, JsonObject claims) {
        return token("RS256", signer("SHA256withRSA", pair), claims);
    }

    /** As RFC 7518, section 3.4, has it: R and S one behind the other. */
    public static String es256(KeyPair pair, JsonObject claims) {
        return token("ES256", signer("SHA256withECDSAinP1363Format", pair), claims);
    }

    public static String eddsa(KeyPair pair, JsonObject claims) {
        return token("EdDSA", signer("Ed25519", pair), claims);
    }

    public static String token(String algorithm, Signer signer, JsonObject claims) {
        return token(new JsonObject().put("alg", algorithm).put("typ", "JWT"), signer, claims.encode());
    }

    public static String token(JsonObject header, Signer signer, String payload) {
        String signed = base64(header.encode()) + "." + base64(payload);
        try {
            return signed + "." + base64(signer.sign(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException defect) {
            throw new IllegalStateException(defect);
        }
    }

    public static Signer hmac(byte[] key) {
        return text -> {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text);
        };
    }

    public static Signer signer(String algorithm, KeyPair pair) {
        return text -> {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(pair.getPrivate());
            signature.update(text);
            return signature.sign();
        };
    }

    public static KeyPair rsa(int bits) {
        return pair("RSA", Optional.of(new RSAKeyGenParameterSpec(bits, RSAKeyGenParameterSpec.F4)));
    }

    public static KeyPair ec(String curve) {
        return pair("EC", Optional.of(new ECGenParameterSpec(curve)));
    }

    public static KeyPair edwards(String curve) {
        return pair(curve, Optional.empty());
    }

    private static KeyPair pair(String kind, Optional<AlgorithmParameterSpec> parameters) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
            if (parameters.isPresent()) {
                generator.initialize(parameters.get());
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException defect) {
            throw new IllegalStateException(defect);
        }
    }

    /** A file with these keys, one after the other. */
    public static Path file(Path directory, String name, PublicKey... keys) {
        StringBuilder text = new StringBuilder();
        for (PublicKey key : keys) {
            text.append(pem("PUBLIC KEY", key.getEncoded()));
        }
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static String pem(String kind, byte[] content) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n";
    }

    /** The claims of {@code user} until {@code expirySeconds} after 1970. */
    public static JsonObject claims(String user, long expirySeconds) {
        return new JsonObject().put("sub", user).put("exp", expirySeconds);
    }

    /** {@code grants} that speaks of rooms only. */
    public static JsonObject rooms(String... rooms) {
        JsonArray names = new JsonArray();
        for (String room : rooms) {
            names.add(room);
        }
        return new JsonObject().put("rooms", names);
    }

    public static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
