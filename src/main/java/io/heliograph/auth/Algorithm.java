package io.heliograph.auth;

import java.security.Key;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.Optional;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.keys.HmacKey;

/** How tokens may be signed (RFC 7518, section 3.1; RFC 8037). Each key belongs to one of them, whatever a token claims. */
enum Algorithm {
    HS256("HS256"),
    RS256("RS256"),
    ES256("ES256"),
    EDDSA("EdDSA");

    private static final int RSA_BITS_MIN = 2_048;

    private final String label;

    Algorithm(String label) {
        this.label = label;
    }

    /** As {@code alg} has it. */
    String label() {
        return label;
    }

    /** Whether its keys come in pairs, of which this server has the public one; signatures then take a thousand times as long. */
    boolean isPublic() {
        return this != HS256;
    }

    /** The one for which this key is good; empty for a key that is for none of them, or too weak. */
    static Optional<Algorithm> of(Key key) {
        if (key instanceof HmacKey) {
            return Optional.of(HS256);
        }
        if (key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= RSA_BITS_MIN) {
            return Optional.of(RS256);
        }
        if (key instanceof ECPublicKey ec && ec.getParams().getCurve().equals(EllipticCurves.P256.getCurve())) {
            return Optional.of(ES256);
        }
        if (key instanceof EdECPublicKey edwards
                && edwards.getParams().getName().equals(NamedParameterSpec.ED25519.getName())) {
            return Optional.of(EDDSA);
        }
        return Optional.empty();
    }
}
