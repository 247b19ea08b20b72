package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may come in as it is configured, and what keeps secrets out of errors. */
class AuthKeysTest {
    private static final String MODE = "HELIOGRAPH_AUTH_MODE";
    private static final String SECRET = "HELIOGRAPH_AUTH_JWT_SECRET";
    private static final String KEYS = "HELIOGRAPH_AUTH_JWT_KEYS";
    private static final String URL = "HELIOGRAPH_AUTH_WEBHOOK_URL";
    private static final String GOOD = "hunter2-hunter2-hunter2-hunter2-";
    private static final Grants DEFAULTS = new Grants(List.of(RoomPattern.ANY), false, true, true, OptionalInt.empty());

    private final Configurations configurations = new Configurations();

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    @Test
    void aSecretOrPublicKeysAreEnough() throws Exception {
        assertEquals(
                new Settings.Auth.Jwt(
                        List.of(new Secret(GOOD)),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        DEFAULTS),
                configurations
                        .load(Map.of(MODE, "jwt", SECRET, GOOD))
                        .settings()
                        .auth());
        assertEquals(
                new Settings.Auth.Jwt(
                        List.of(),
                        List.of(Path.of("a.pem")),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        DEFAULTS),
                configurations
                        .load(Map.of(MODE, "jwt", KEYS, "a.pem"))
                        .settings()
                        .auth());
    }

    @Test
    void twoSecretsMayBeGoodWhileTheyChange() throws Exception {
        assertEquals(
                new Settings.Auth.Jwt(
                        List.of(new Secret(GOOD), new Secret(GOOD + "2")),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        DEFAULTS),
                configurations
                        .load(Map.of(MODE, "jwt", SECRET, GOOD + "," + GOOD + "2"))
                        .settings()
                        .auth());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "hunter2-hunter2-hunter2-hunter2",
                "hunter2-hunter2-hunter2-hunter2-,hunter2",
                "hunter2-hunter2-hunter2-hunter2-,hunter2-hunter2-hunter2-hunter2-",
                "hunter2 hunter2 hunter2 hunter2 hunter2"
            })
    void aSecretThatIsTooShortOrStrangeIsNotShown(String text) {
        assertEquals(
                "auth.jwt.secret: (not shown) from " + SECRET
                        + " (expected: one secret or two different ones, separated"
                        + " by a comma, each of 32 to 255 printable ASCII characters without space)",
                configurations.failure(Map.of(MODE, "jwt", SECRET, text)));
    }

    @Test
    void whoAsksForTokensHasToKnowAKey() {
        assertEquals(
                "auth.jwt.secret: \"\" from conf/heliograph.yaml (expected: a secret, or public keys in auth.jwt.keys or at"
                        + " auth.jwt.jwks, since auth.mode is jwt)",
                configurations.failure(Map.of(MODE, "jwt")));
    }

    @Test
    void aSecretOrKeysWithoutAskingForTokensStopTheStart() {
        assertEquals(
                "auth.jwt.secret: (not shown) from " + SECRET + " (expected: none, since auth.mode is open)",
                configurations.failure(Map.of(SECRET, GOOD)));
        assertEquals(
                "auth.jwt.keys: a.pem from " + KEYS + " (expected: none, since auth.mode is open)",
                configurations.failure(Map.of(KEYS, "a.pem")));
        assertEquals(
                "auth.jwt.jwks: http://id/keys from HELIOGRAPH_AUTH_JWT_JWKS (expected: none, since auth.mode is open)",
                configurations.failure(Map.of("HELIOGRAPH_AUTH_JWT_JWKS", "http://id/keys")));
    }

    @Test
    void aModeThatDoesNotExistStopsTheStart() {
        assertEquals(
                "auth.mode: none from " + MODE + " (expected: one of open, jwt, webhook)",
                configurations.failure(Map.of(MODE, "none")));
    }

    @Test
    void anEndpointOfTheApplicationsIsEnough() throws Exception {
        assertEquals(
                new Settings.Auth.Webhook("http://127.0.0.1:3000/who", 5_000, Optional.empty(), DEFAULTS),
                configurations
                        .load(Map.of(MODE, "webhook", URL, "http://127.0.0.1:3000/who"))
                        .settings()
                        .auth());
        assertEquals(
                new Settings.Auth.Webhook(
                        "https://app",
                        8_000,
                        Optional.of(new Secret(GOOD)),
                        new Grants(List.of(RoomPattern.parse("team-*")), true, false, false, OptionalInt.of(3))),
                configurations
                        .load(Map.of(
                                MODE,
                                "webhook",
                                URL,
                                "https://app",
                                "HELIOGRAPH_AUTH_WEBHOOK_SECRET",
                                GOOD,
                                "HELIOGRAPH_AUTH_WEBHOOK_TIMEOUT",
                                "8000",
                                "HELIOGRAPH_AUTH_WEBHOOK_DEFAULTS_ROOMS",
                                "team-*",
                                "HELIOGRAPH_AUTH_WEBHOOK_DEFAULTS_PUBLISH",
                                "true",
                                "HELIOGRAPH_AUTH_WEBHOOK_DEFAULTS_CALL",
                                "false",
                                "HELIOGRAPH_AUTH_WEBHOOK_DEFAULTS_WATCH",
                                "false",
                                "HELIOGRAPH_AUTH_WEBHOOK_DEFAULTS_CAPACITY",
                                "3"))
                        .settings()
                        .auth());
    }

    @Test
    void anEndpointAndItsModeBelongTogether() {
        assertEquals(
                "auth.webhook.url: \"\" from conf/heliograph.yaml (expected: the address of your endpoint, since auth.mode is"
                        + " webhook)",
                configurations.failure(Map.of(MODE, "webhook")));
        assertEquals(
                "auth.webhook.url: http://app from " + URL + " (expected: none, since auth.mode is jwt)",
                configurations.failure(Map.of(MODE, "jwt", SECRET, GOOD, URL, "http://app")));
        assertEquals(
                "auth.webhook.secret: (not shown) from HELIOGRAPH_AUTH_WEBHOOK_SECRET (expected: none, since auth.mode is"
                        + " open)",
                configurations.failure(Map.of("HELIOGRAPH_AUTH_WEBHOOK_SECRET", GOOD)));
        assertEquals(
                "auth.jwt.keys: a.pem from " + KEYS + " (expected: none, since auth.mode is webhook)",
                configurations.failure(Map.of(MODE, "webhook", URL, "http://app", KEYS, "a.pem")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"app", "ftp://app", "http://", "http://u:hunter2@app", "http://app?a=hunter2"})
    void anAddressThatIsNoneStopsTheStart(String url) {
        String failure = configurations.failure(Map.of(MODE, "webhook", URL, url));
        assertTrue(failure.startsWith("auth.webhook.url: "), failure);
        assertTrue(failure.contains("(expected: http://host:port or https://host:port"), failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "99", "8001", "5s"})
    void aTimeOutThatOutlastsClientsStopsTheStart(String millis) {
        assertEquals(
                "auth.webhook.timeout: " + millis
                        + " from HELIOGRAPH_AUTH_WEBHOOK_TIMEOUT (expected: milliseconds, 100 to 8000)",
                configurations.failure(
                        Map.of(MODE, "webhook", URL, "http://app", "HELIOGRAPH_AUTH_WEBHOOK_TIMEOUT", millis)));
    }

    @Test
    void aKeyInPlaceOfItsPathIsNotShown() {
        String failure = configurations.failure(
                Map.of(MODE, "jwt", KEYS, "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----"));
        assertTrue(
                failure.startsWith("auth.jwt.keys: (not shown) from " + KEYS + " (expected: paths of files"), failure);
        assertFalse(failure.contains("hunter"), failure);
    }

    @Test
    void aRoomThatHasNoNameStopsTheStart() {
        String failure = configurations.failure(
                Map.of(MODE, "jwt", SECRET, GOOD, "HELIOGRAPH_AUTH_JWT_DEFAULTS_ROOMS", "standup,,retro"));
        assertTrue(failure.startsWith("auth.jwt.defaults.rooms: standup,,retro from "), failure);
    }

    @Test
    void theHashTellsWhoAsksForTokensFromWhoDoesNotAndNothingOfTheSecret() throws Exception {
        String open = configurations.load(Map.of()).hash();
        String jwt = configurations.load(Map.of(MODE, "jwt", SECRET, GOOD)).hash();
        assertNotEquals(open, jwt);
        assertEquals(
                jwt,
                configurations.load(Map.of(MODE, "jwt", SECRET, GOOD + "2")).hash());
    }
}
