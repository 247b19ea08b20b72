package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Tenant;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens for trying out are what the server takes. */
class TrialTokenTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final Vertx VERTX = Vertx.vertx();
    private static final Secret SECRET = new Secret("0123456789abcdef0123456789abcdef");
    private static final Grants DEFAULTS = new Grants(List.of(RoomPattern.ANY), false, true, true, OptionalInt.empty());

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Identity taken(String arguments) {
        Settings.Auth.Jwt settings = new Settings.Auth.Jwt(
                List.of(SECRET),
                List.of(),
                Optional.empty(),
                Optional.of("https://id.example.org"),
                Optional.of("heliograph"),
                DEFAULTS);
        String token = TrialToken.parse(List.of(arguments.split(" ", -1))).sign(settings, () -> NOW);
        return Tokens.verify(VERTX, JwtAuthenticator.of(settings, () -> NOW).apply(VERTX), token);
    }

    @Test
    void whatIsNotAskedForIsAnHourAndAsConfigured() {
        assertEquals(
                Identity.vouched(new Name("alice"), DEFAULTS, Optional.of(NOW.plusSeconds(3_600))),
                taken("--user alice"));
    }

    @Test
    void everythingMayBeAskedFor() {
        assertEquals(
                new Grants(
                        List.of(RoomPattern.parse("standup"), RoomPattern.parse("team-*")),
                        true,
                        false,
                        false,
                        OptionalInt.of(8)),
                taken("--room standup --user alice --publish --no-call --no-watch --room team-* --capacity 8")
                        .grants());
    }

    @Test
    void itMayBeATenants() {
        assertEquals(
                Optional.of(new Tenant("acme")),
                taken("--user alice --tenant acme").tenant());
        assertEquals(Optional.empty(), taken("--user alice").tenant());
    }

    @ParameterizedTest
    @CsvSource({"1s, 1", "90s, 90", "5m, 300", "2h, 7200", "30d, 2592000"})
    void aLifetimeHasAUnit(String text, long seconds) {
        assertEquals(
                Optional.of(NOW.plusSeconds(seconds)),
                taken("--user a --for " + text).expiry());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--room a | --user: missing",
                "--user | --user: nothing behind it",
                "--user a --for 1 | --for: 1 (expected",
                "--user a --for 0s | --for: 0s (expected",
                "--user a --for 1w | --for: 1w (expected",
                "--user a --for 1000000d | --for: 1000000d (expected",
                "'--user ' | --user: ",
                "'--user a --room ' | --room: ",
                "--user a --capacity 0 | --capacity: 0 (expected",
                "--user a --publsh | --publsh: unknown",
                "alice | alice: unknown"
            })
    void aMistakeIsNamed(String arguments, String start) {
        IllegalArgumentException mistake = assertThrows(IllegalArgumentException.class, () -> taken(arguments));
        assertTrue(Objects.requireNonNull(mistake.getMessage()).startsWith(start), mistake.getMessage());
    }
}
