package io.heliograph.auth;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Tenant;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jose4j.json.JsonUtil;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.lang.JoseException;

/**
 * A token for trying out, as {@code token --user alice --room standup --for 1h} asks for it.
 *
 * @param grants as in the claim: only what was asked for, the rest is as the server is configured
 */
public record TrialToken(Name user, Optional<Tenant> tenant, Duration lifetime, Map<String, Object> grants) {
    /** What there is to ask for. */
    public static final String USAGE = """
            usage: java -jar heliograph.jar token --user NAME [--tenant TENANT] [--for 1h] [--room NAME or BEGINNING*]...
                   [--publish] [--no-publish] [--call] [--no-call] [--watch] [--no-watch] [--capacity SEATS]
            It is signed with the auth.jwt.secret that is configured here, and good for an hour unless --for says otherwise:
            a number and s, m, h or d. What is not asked for is as auth.jwt.defaults say at the server.""";

    private static final Pattern LIFETIME = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));
    private static final List<String> FLAGS = List.of("publish", "call", "watch");
    private static final Pattern CAPACITY = Pattern.compile("[1-9][0-9]{0,8}");

    /** Reads what is behind the word {@code token}; fails with an {@link IllegalArgumentException} that says what is wrong. */
    public static TrialToken parse(List<String> arguments) {
        Optional<Name> user = Optional.empty();
        Optional<Tenant> tenant = Optional.empty();
        Duration lifetime = Duration.ofHours(1);
        List<String> rooms = new ArrayList<>();
        Map<String, Object> grants = new LinkedHashMap<>();
        for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
            String option = rest.next();
            switch (option) {
                case "--user" -> user = Optional.of(value(option, rest, Name::new));
                case "--tenant" -> tenant = Optional.of(value(option, rest, Tenant::new));
                case "--for" -> lifetime = lifetime(value(option, rest));
                case "--room" ->
                    rooms.add(value(option, rest, RoomPattern::parse).toString());
                case "--capacity" -> grants.put("capacity", capacity(value(option, rest)));
                default -> grants.put(flag(option), !option.startsWith("--no-"));
            }
        }
        if (!rooms.isEmpty()) {
            grants.put("rooms", rooms);
        }
        return new TrialToken(
                user.orElseThrow(() -> new IllegalArgumentException("--user: missing (expected: a name)")),
                tenant,
                lifetime,
                grants);
    }

    /** The token in its compact form, as these settings want it: signed with HS256 by the first secret, and good from now on. */
    public String sign(Settings.Auth.Jwt settings, InstantSource clock) {
        long now = clock.instant().getEpochSecond();
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", user.value());
        tenant.ifPresent(whose -> claims.put("tenant", whose.value()));
        claims.put("iat", now);
        claims.put("exp", now + lifetime.toSeconds());
        settings.issuer().ifPresent(issuer -> claims.put("iss", issuer));
        settings.audience().ifPresent(audience -> claims.put("aud", audience));
        if (!grants.isEmpty()) {
            claims.put("grants", grants);
        }
        JsonWebSignature signature = new JsonWebSignature();
        signature.setHeader("typ", "JWT");
        signature.setAlgorithmHeaderValue(Algorithm.HS256.label());
        signature.setPayload(JsonUtil.toJson(claims));
        signature.setKey(KeyRing.key(settings.secrets().get(0)));
        try {
            return signature.getCompactSerialization();
        } catch (JoseException defect) {
            throw new IllegalStateException("HS256: not signed (expected: a secret of at least 32 bytes)", defect);
        }
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + ": nothing behind it (expected: a value)");
        }
        return rest.next();
    }

    private static <T> T value(String option, Iterator<String> rest, Function<String, T> meaning) {
        return Members.meant(option, value(option, rest), meaning);
    }

    private static Duration lifetime(String text) {
        Matcher lifetime = LIFETIME.matcher(text);
        if (!lifetime.matches()) {
            throw new IllegalArgumentException(
                    "--for: " + text + " (expected: a number of at most six digits, and s, m, h or d)");
        }
        return UNITS.getOrDefault(lifetime.group(2), Duration.ZERO).multipliedBy(Long.parseLong(lifetime.group(1)));
    }

    private static int capacity(String text) {
        if (!CAPACITY.matcher(text).matches()) {
            throw new IllegalArgumentException("--capacity: " + text + " (expected: a number, at least 1)");
        }
        return Integer.parseInt(text);
    }

    private static String flag(String option) {
        return FLAGS.stream()
                .filter(flag -> option.equals("--" + flag) || option.equals("--no-" + flag))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(option + ": unknown"));
    }
}
