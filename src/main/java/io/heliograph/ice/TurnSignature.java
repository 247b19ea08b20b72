package io.heliograph.ice;

import io.heliograph.protocol.IceServer.Credential;
import io.heliograph.protocol.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Credentials that a TURN server checks without knowing any user: the password is the Base64 of the HMAC-SHA1 of the user
 * name, with a secret that both know (draft-uberti-behave-turn-rest-00, section 2.2; coturn's {@code use-auth-secret}).
 */
record TurnSignature(Secret secret) {
    private static final String ALGORITHM = "HmacSHA1";

    /**
     * The credential of one user name.
     *
     * @param username {@code <expiry in seconds since 1970>:<name>}
     */
    Credential credential(String username) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), ALGORITHM));
            byte[] signature = mac.doFinal(username.getBytes(StandardCharsets.UTF_8));
            return new Credential(username, new Secret(Base64.getEncoder().encodeToString(signature)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, impossible);
        }
    }
}
