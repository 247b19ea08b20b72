package io.heliograph.management;

import io.heliograph.protocol.Loopback;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Sha256;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who may use the server API: who shows its token (RFC 6750), or, where there is none, anybody as long as only this machine
 * reaches the port.
 */
final class ApiGuard {
    static final String SCHEME = "Bearer";

    private static final Pattern CREDENTIALS = Pattern.compile(SCHEME + " +(\\S+)", Pattern.CASE_INSENSITIVE);

    /** Why somebody may not. */
    enum Refusal {
        CLOSED(403, "api.token: not set (expected: a token, since management.host is no loopback address)"),
        NO_TOKEN(401, "authorization: no token (expected: Bearer and the one in api.token)"),
        WRONG_TOKEN(401, "authorization: wrong token (expected: the one in api.token)");

        private final int status;
        private final String text;

        Refusal(int status, String text) {
            this.status = status;
            this.text = text;
        }

        int status() {
            return status;
        }

        /** On one line, and nothing of what was shown. */
        String text() {
            return text;
        }
    }

    private final Optional<byte[]> tokenDigest;
    private final boolean local;

    ApiGuard(Settings.Management listener, Settings.Api api) {
        this.tokenDigest = api.token().map(Secret::value).map(Sha256::of);
        this.local = Loopback.is(listener.host());
    }

    /** Whether nobody may. */
    boolean isClosed() {
        return tokenDigest.isEmpty() && !local;
    }

    /**
     * Why a request may not go on, if so.
     *
     * @param authorization its headers of this name
     */
    Optional<Refusal> refusal(List<String> authorization) {
        if (isClosed()) {
            return Optional.of(Refusal.CLOSED);
        }
        return tokenDigest.flatMap(expected -> refusal(authorization, expected));
    }

    private static Optional<Refusal> refusal(List<String> authorization, byte[] expected) {
        if (authorization.size() != 1) {
            return Optional.of(Refusal.NO_TOKEN);
        }
        Matcher credentials = CREDENTIALS.matcher(authorization.get(0));
        if (!credentials.matches()) {
            return Optional.of(Refusal.NO_TOKEN);
        }
        // Of digests, which are as long as each other, the time does not tell how much was right.
        boolean right = MessageDigest.isEqual(expected, Sha256.of(credentials.group(1)));
        return right ? Optional.empty() : Optional.of(Refusal.WRONG_TOKEN);
    }
}
