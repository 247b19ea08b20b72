package io.heliograph.auth;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Tenant;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object in which somebody vouches for a user. Each accessor answers one member or throws an {@link
 * IllegalArgumentException} that names it, and tells nothing of its value.
 *
 * @param values by name
 */
record Members(Map<String, ?> values) {
    private static final String GRANTS = "grants";
    /** The end of the year 9999. */
    private static final double SECONDS_MAX = 253_402_300_799d;

    private static final double MILLIS_PER_SECOND = 1_000;

    /** By the rules for names. */
    Name user(String member) {
        return text(member, Name::new).orElseThrow(() -> wrong(member, "missing", "the name of a user"));
    }

    /** Whose names the user's is one of. */
    Optional<Tenant> tenant(String member) {
        return text(member, Tenant::new);
    }

    private <T> Optional<T> text(String member, Function<String, T> meaning) {
        return find(member).map(given -> {
            if (!(given instanceof String text)) {
                throw wrong(member, "of another kind", "a string");
            }
            return meant(member, text, meaning);
        });
    }

    /** What {@code text} means; what is wrong with it is said with its name. */
    static <T> T meant(String name, String text, Function<String, T> meaning) {
        try {
            return meaning.apply(text);
        } catch (IllegalArgumentException invalid) {
            throw new IllegalArgumentException(name + ": " + invalid.getMessage(), invalid);
        }
    }

    /** A number of seconds since 1970 (RFC 7519, section 2, "NumericDate"). */
    Optional<Instant> time(String member) {
        return find(member).map(value -> {
            if (!(value instanceof Number number)
                    || !(number.doubleValue() >= 0 && number.doubleValue() <= SECONDS_MAX)) {
                throw wrong(member, "no time", "seconds since 1970");
            }
            return Instant.ofEpochMilli((long) (number.doubleValue() * MILLIS_PER_SECOND));
        });
    }

    /** What is granted; {@code defaults} for what is left out. */
    Grants grants(Grants defaults) {
        Optional<Object> given = find(GRANTS);
        if (given.isEmpty()) {
            return defaults;
        }
        if (!(given.get() instanceof Map<?, ?> grants)) {
            throw wrong(GRANTS, "of another kind", "an object");
        }
        return new Grants(
                find(grants, "rooms").map(Members::rooms).orElse(defaults.rooms()),
                flag(grants, "publish").orElse(defaults.publish()),
                flag(grants, "call").orElse(defaults.call()),
                flag(grants, "watch").orElse(defaults.watch()),
                find(grants, "capacity")
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
        return texts.stream()
                .map(text -> meant("grants.rooms", (String) text, RoomPattern::parse))
                .toList();
    }

    private static Optional<Boolean> flag(Map<?, ?> grants, String name) {
        return find(grants, name).map(given -> {
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

    Optional<Object> find(String name) {
        return find(values, name);
    }

    /** {@code null} is a value, of a kind that nothing here is of. */
    static Optional<Object> find(Map<?, ?> values, String name) {
        @Nullable Object value = values.get(name);
        return value == null && values.containsKey(name) ? Optional.of(Nothing.NULL) : Optional.ofNullable(value);
    }

    private enum Nothing {
        NULL
    }

    static IllegalArgumentException wrong(String member, String found, String expected) {
        return new IllegalArgumentException(member + ": " + found + " (expected: " + expected + ")");
    }
}
