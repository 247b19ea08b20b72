package io.heliograph.auth;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Tenant;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a token says (RFC 7519, section 4.1), once its signature has been checked. Each accessor answers one claim or throws a
 * {@link Refusal} that names it, and tells nothing of its value.
 *
 * @param members by name; claims that mean nothing here are among them
 */
record Claims(Map<String, ?> members) {
    /** How far the clock of whoever makes tokens may be ahead: for {@code nbf} only. */
    static final Duration LEEWAY = Duration.ofSeconds(10);

    private static final String GRANTS = "grants";
    private static final String TENANT = "tenant";
    /** The end of the year 9999. */
    private static final double SECONDS_MAX = 253_402_300_799d;

    private static final double MILLIS_PER_SECOND = 1_000;

    /** All that counts of it, if it is good at {@code now}, and for this server. */
    Identity identity(Instant now, Settings.Auth.Jwt settings) {
        Instant expiry = time("exp").orElseThrow(() -> wrong("exp", "missing", "a time"));
        if (!now.isBefore(expiry)) {
            throw wrong("exp", "over", "a time to come");
        }
        if (time("nbf").filter(begin -> begin.isAfter(now.plus(LEEWAY))).isPresent()) {
            throw wrong("nbf", "to come", "a time that is over");
        }
        settings.issuer().ifPresent(this::requireIssuer);
        settings.audience().ifPresent(this::requireAudience);
        Name user = user().of(tenant(settings.issuer()));
        return new Identity(Optional.of(user), grants(settings.defaults()), Optional.of(expiry));
    }

    private void requireIssuer(String expected) {
        if (!member(members, "iss").equals(Optional.of(expected))) {
            throw wrong("iss", "another one, or none", "auth.jwt.issuer");
        }
    }

    /** One, or several of them. */
    private void requireAudience(String expected) {
        Optional<Object> audience = member(members, "aud");
        boolean among = audience.filter(given -> given instanceof List<?> several && several.contains(expected))
                .isPresent();
        if (!among && !audience.equals(Optional.of(expected))) {
            throw wrong("aud", "others, or none", "auth.jwt.audience");
        }
    }

    private Name user() {
        Object user = member(members, "sub").orElseThrow(() -> wrong("sub", "missing", "the name of a user"));
        if (!(user instanceof String name)) {
            throw wrong("sub", "of another kind", "a string");
        }
        try {
            return new Name(name);
        } catch (IllegalArgumentException invalid) {
            throw refuse("sub: " + invalid.getMessage());
        }
    }

    /** Where only one may issue tokens, that one is no tenant. */
    private Optional<Tenant> tenant(Optional<String> onlyIssuer) {
        String claim = members.containsKey(TENANT) || onlyIssuer.isPresent() ? TENANT : "iss";
        return member(members, claim).map(given -> {
            if (!(given instanceof String text)) {
                throw wrong(claim, "of another kind", "a string");
            }
            try {
                return new Tenant(text);
            } catch (IllegalArgumentException invalid) {
                throw refuse(claim + ": " + invalid.getMessage());
            }
        });
    }

    private Optional<Instant> time(String claim) {
        return member(members, claim).map(value -> {
            if (!(value instanceof Number number)
                    || !(number.doubleValue() >= 0 && number.doubleValue() <= SECONDS_MAX)) {
                throw wrong(claim, "no time", "seconds since 1970");
            }
            return Instant.ofEpochMilli((long) (number.doubleValue() * MILLIS_PER_SECOND));
        });
    }

    private Grants grants(Grants defaults) {
        Optional<Object> given = member(members, GRANTS);
        if (given.isEmpty()) {
            return defaults;
        }
        if (!(given.get() instanceof Map<?, ?> grants)) {
            throw wrong(GRANTS, "of another kind", "an object");
        }
        return new Grants(
                member(grants, "rooms").map(Claims::rooms).orElse(defaults.rooms()),
                flag(grants, "publish").orElse(defaults.publish()),
                flag(grants, "call").orElse(defaults.call()),
                flag(grants, "watch").orElse(defaults.watch()),
                member(grants, "capacity")
                        .map(most -> OptionalInt.of(capacity(most)))
                        .orElse(defaults.capacity()));
    }

    private static List<RoomPattern> rooms(Object given) {
        if (!(given instanceof List<?> texts) || !texts.stream().allMatch(String.class::isInstance)) {
            throw wrong("grants.rooms", "of another kind", "an array of strings");
        }
        if (texts.size() > Grants.ROOMS_MAX) {
            throw wrong("grants.rooms", texts.size() + " of them", "<= " + Grants.ROOMS_MAX);
        }
        try {
            return texts.stream().map(text -> RoomPattern.parse((String) text)).toList();
        } catch (IllegalArgumentException invalid) {
            throw refuse("grants.rooms: " + invalid.getMessage());
        }
    }

    private static Optional<Boolean> flag(Map<?, ?> grants, String name) {
        return member(grants, name).map(given -> {
            if (!(given instanceof Boolean flag)) {
                throw wrong(GRANTS + "." + name, "of another kind", "true or false");
            }
            return flag;
        });
    }

    private static int capacity(Object given) {
        if (!(given instanceof Long capacity) || capacity < 1) {
            throw wrong("grants.capacity", "no capacity", "an integer >= 1");
        }
        return (int) Math.min(capacity, Integer.MAX_VALUE);
    }

    /** {@code null} is a value, of a kind that nothing here is of. */
    private static Optional<Object> member(Map<?, ?> members, String name) {
        @Nullable Object value = members.get(name);
        return value == null && members.containsKey(name) ? Optional.of(Nothing.NULL) : Optional.ofNullable(value);
    }

    private enum Nothing {
        NULL
    }

    private static Refusal wrong(String claim, String found, String expected) {
        return refuse(claim + ": " + found + " (expected: " + expected + ")");
    }

    static Refusal refuse(String text) {
        return new Refusal(ErrorCode.UNAUTHORIZED, "token: " + text);
    }
}
