package io.heliograph.auth;

import static io.heliograph.auth.Members.wrong;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a token says (RFC 7519, section 4.1), once its signature has been checked.
 *
 * @param members claims that mean nothing here are among them
 */
record Claims(Members members) {
    /** How far the clock of whoever makes tokens may be ahead: for {@code nbf} only. */
    static final Duration LEEWAY = Duration.ofSeconds(10);

    private static final String TENANT = "tenant";

    /**
     * All that counts of it, if it is good at {@code now}, and for this server. Fails with a {@link Refusal} that names the claim
     * that is wrong, and tells nothing of its value.
     */
    Identity identity(Instant now, Settings.Auth.Jwt settings) {
        try {
            return check(now, settings);
        } catch (IllegalArgumentException wrong) {
            throw refuse(String.valueOf(wrong.getMessage()));
        }
    }

    private Identity check(Instant now, Settings.Auth.Jwt settings) {
        Instant expiry = members.time("exp").orElseThrow(() -> wrong("exp", "missing", "a time"));
        if (!now.isBefore(expiry)) {
            throw wrong("exp", "over", "a time to come");
        }
        if (members.time("nbf").filter(begin -> begin.isAfter(now.plus(LEEWAY))).isPresent()) {
            throw wrong("nbf", "to come", "a time that is over");
        }
        settings.issuer().ifPresent(this::requireIssuer);
        settings.audience().ifPresent(this::requireAudience);
        Name user = members.user("sub").of(tenant(settings.issuer()));
        return Identity.vouched(user, members.grants(settings.defaults()), Optional.of(expiry));
    }

    /** Where only one may issue tokens, that one is no tenant. */
    private Optional<Tenant> tenant(Optional<String> onlyIssuer) {
        return members.tenant(members.find(TENANT).isPresent() || onlyIssuer.isPresent() ? TENANT : "iss");
    }

    private void requireIssuer(String expected) {
        if (!members.find("iss").equals(Optional.of(expected))) {
            throw wrong("iss", "another one, or none", "auth.jwt.issuer");
        }
    }

    /** One, or several of them. */
    private void requireAudience(String expected) {
        Optional<Object> audience = members.find("aud");
        boolean among = audience.filter(given -> given instanceof List<?> several && several.contains(expected))
                .isPresent();
        if (!among && !audience.equals(Optional.of(expected))) {
            throw wrong("aud", "others, or none", "auth.jwt.audience");
        }
    }

    static Refusal refuse(String text) {
        return new Refusal(ErrorCode.UNAUTHORIZED, "token: " + text);
    }
}
