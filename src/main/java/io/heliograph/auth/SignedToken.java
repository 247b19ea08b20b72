package io.heliograph.auth;

import io.heliograph.protocol.Refusal;
import java.security.Key;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.json.JsonUtil;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwx.HeaderParameterNames;
import org.jose4j.lang.JoseException;

/** A JSON Web Token (RFC 7519) in its compact form (RFC 7515, section 3.1), nothing of which is to be believed yet. */
final class SignedToken {
    private final JsonWebSignature signature;
    private final Algorithm algorithm;

    private SignedToken(JsonWebSignature signature, Algorithm algorithm) {
        this.signature = signature;
        this.algorithm = algorithm;
    }

    /** Fails with a {@link Refusal} where {@code text} is none, or not signed in one of these ways. */
    static SignedToken parse(String text, Set<Algorithm> permitted) {
        JsonWebSignature signature = new JsonWebSignature();
        signature.setAlgorithmConstraints(new AlgorithmConstraints(
                ConstraintType.PERMIT, permitted.stream().map(Algorithm::label).toArray(String[]::new)));
        try {
            signature.setCompactSerialization(text);
        } catch (JoseException | RuntimeException malformed) {
            throw Claims.refuse("malformed (expected: a JSON Web Token, signed, in its compact form)");
        }
        Optional<String> claimed = header(signature, HeaderParameterNames.ALGORITHM);
        return permitted.stream()
                .filter(algorithm -> claimed.equals(Optional.of(algorithm.label())))
                .findFirst()
                .map(algorithm -> new SignedToken(signature, algorithm))
                .orElseThrow(() -> Claims.refuse("alg: another one (expected: %s)"
                        .formatted(permitted.stream().map(Algorithm::label).collect(Collectors.joining(" or ")))));
    }

    private static Optional<String> header(JsonWebSignature signature, String name) {
        return signature.getHeaders().getObjectHeaderValue(name) instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }

    /** How it says it is signed. */
    Algorithm algorithm() {
        return algorithm;
    }

    /** The key ({@code kid}) it says it is signed with. */
    Optional<String> keyId() {
        return header(signature, HeaderParameterNames.KEY_ID);
    }

    /** Fails with a {@link Refusal} where that cannot be. May take a millisecond, where keys are public. */
    boolean isSignedByOneOf(List<Key> keys) {
        return keys.stream().anyMatch(this::isSignedBy);
    }

    private boolean isSignedBy(Key key) {
        try {
            signature.setKey(key);
            return signature.verifySignature();
        } catch (JoseException | RuntimeException impossible) {
            throw Claims.refuse("header or signature: not understood (expected: no crit, and a signature as alg says)");
        }
    }

    /** What it says, which counts if it is signed. Fails with a {@link Refusal} where that is no JSON object. */
    Claims claims() {
        try {
            return new Claims(new Members(JsonUtil.parseJson(signature.getUnverifiedPayload())));
        } catch (JoseException malformed) {
            throw Claims.refuse("payload: malformed (expected: a JSON object, each claim once)");
        }
    }
}
