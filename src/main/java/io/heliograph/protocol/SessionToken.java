package io.heliograph.protocol;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/** Whoever shows it may go on with the session of {@code peer}: on the wire {@code <peer>.<secret>}. */
public record SessionToken(PeerId peer, Secret secret) {
    private static final char SEPARATOR = '.';
    private static final int SECRET_BYTES = 24;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** A new token with 192 random bits. */
    public static SessionToken random(PeerId peer) {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return new SessionToken(
                peer, new Secret(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
    }

    /** The token that {@code text} is, or empty if it is none. */
    public static Optional<SessionToken> parse(String text) {
        int separator = text.lastIndexOf(SEPARATOR);
        if (separator < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(new SessionToken(
                    new PeerId(text.substring(0, separator)), new Secret(text.substring(separator + 1))));
        } catch (IllegalArgumentException noPeer) {
            return Optional.empty();
        }
    }

    /** What goes to the client. */
    public String text() {
        return peer.value() + SEPARATOR + secret.value();
    }

    /** What the cluster keeps of it: SHA-256 in Base64. */
    public String hash() {
        return Base64.getEncoder().withoutPadding().encodeToString(Sha256.of(text()));
    }
}
