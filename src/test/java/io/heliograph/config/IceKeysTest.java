package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.IceServer.Credential;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** STUN and TURN servers as they are configured, and what keeps their secrets out of errors. */
class IceKeysTest {
    private static final String STUN = "HELIOGRAPH_ICE_STUN_URLS";
    private static final String TURN = "HELIOGRAPH_ICE_TURN_URLS";
    private static final String SECRET = "HELIOGRAPH_ICE_TURN_SECRET";
    private static final String USERNAME = "HELIOGRAPH_ICE_TURN_USERNAME";
    private static final String CREDENTIAL = "HELIOGRAPH_ICE_TURN_CREDENTIAL";

    private final Configurations configurations = new Configurations();

    @TempDir
    private Path directory = Path.of("");

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stun:a", "stun:a.b-c.example:3478", "stuns:[2001:db8::1]:5349,stun:10.0.0.1", "stun:a, stun:b"})
    void stunServersAreAddressedAsInRfc7064(String urls) throws Exception {
        assertEquals(
                List.of(urls.split(", ?")),
                configurations.load(Map.of(STUN, urls)).settings().ice().stunUrls());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:3478",
                "stun:",
                "stun://a",
                "STUN:a",
                "turn:a",
                "stun:a:0",
                "stun:a:65536",
                "stun:a:b",
                "stun:a b",
                "stun:a,",
                "stun:::1",
                "stun:a?transport=udp",
                "http://a"
            })
    void whatIsNoStunServerStopsTheStart(String urls) {
        assertEquals(
                "ice.stun.urls: " + urls + " from " + STUN
                        + " (expected: stun:host, stun:host:port or the same with stuns:, separated by commas, at most 16)",
                configurations.failure(Map.of(STUN, urls)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"turn:a", "turns:a:5349?transport=tcp", "turn:[::1]?transport=udp,turn:a:1?transport=tcp"})
    void turnServersAreAddressedAsInRfc7065(String urls) throws Exception {
        var turn = configurations
                .load(Map.of(TURN, urls, SECRET, "s"))
                .settings()
                .ice()
                .turn();
        assertEquals(List.of(urls.split(",")), turn.orElseThrow().urls());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"stun:a", "turn:a?transport=sctp", "turn:a?transport=", "turn:a?", "turn:a?x=y", "turn://a:3478"
            })
    void whatIsNoTurnServerStopsTheStart(String urls) {
        var failure = configurations.failure(Map.of(TURN, urls, SECRET, "s"));
        assertTrue(failure.startsWith("ice.turn.urls: " + urls + " from " + TURN + " (expected: turn:host,"), failure);
    }

    @Test
    void noMoreThanSixteenServersOfAKind() throws Exception {
        var most = String.join(",", Collections.nCopies(16, "stun:a"));
        assertEquals(
                16,
                configurations
                        .load(Map.of(STUN, most))
                        .settings()
                        .ice()
                        .stunUrls()
                        .size());
        assertTrue(configurations.failure(Map.of(STUN, most + ",stun:a")).contains("at most 16"));
    }

    @Test
    void aFixedCredentialStandsInsteadOfASecret() throws Exception {
        var loaded = configurations.load(Map.of(TURN, "turn:a", USERNAME, "web user", CREDENTIAL, "a, b"));
        assertEquals(
                Optional.of(
                        new Settings.Ice.Turn.Fixed(List.of("turn:a"), new Credential("web user", new Secret("a, b")))),
                loaded.settings().ice().turn());
    }

    @Test
    void credentialsLastAnHourUnlessToldOtherwise() throws Exception {
        assertEquals(
                Optional.of(new Settings.Ice.Turn.Timed(List.of("turn:a"), List.of(new Secret("s")), 3_600)),
                configurations
                        .load(Map.of(TURN, "turn:a", SECRET, "s"))
                        .settings()
                        .ice()
                        .turn());
        for (var text : List.of("9", "604801", "1h")) {
            assertEquals(
                    "ice.turn.ttl: " + text + " from HELIOGRAPH_ICE_TURN_TTL (expected: seconds, 10 to 604800)",
                    configurations.failure(Map.of("HELIOGRAPH_ICE_TURN_TTL", text)));
        }
    }

    @Test
    void turnServersWithoutAnythingTheyAcceptStopTheStart() {
        assertEquals(
                "ice.turn.secret: \"\" from conf/heliograph.yaml (expected: the secret of the servers in ice.turn.urls, or"
                        + " ice.turn.username and ice.turn.credential)",
                configurations.failure(Map.of(TURN, "turn:a")));
    }

    @Test
    void aSecretAndAFixedCredentialAtOnceStopTheStart() {
        assertEquals(
                "ice.turn.secret: (not shown) from " + SECRET
                        + " (expected: nothing beside ice.turn.username and ice.turn.credential)",
                configurations.failure(
                        Map.of(TURN, "turn:a", SECRET, "hunter2", USERNAME, "web", CREDENTIAL, "hunter3")));
    }

    @Test
    void halfAFixedCredentialStopsTheStart() {
        var noPassword = configurations.failure(Map.of(TURN, "turn:a", USERNAME, "web"));
        assertTrue(noPassword.startsWith("ice.turn.credential: \"\" from "), noPassword);
        var noUser = configurations.failure(Map.of(TURN, "turn:a", CREDENTIAL, "hunter2"));
        assertTrue(noUser.startsWith("ice.turn.username: \"\" from "), noUser);
        assertFalse(noUser.contains("hunter2"), noUser);
    }

    @Test
    void aSecretWithoutServersStopsTheStart() {
        var secret = configurations.failure(Map.of(SECRET, "hunter2"));
        assertTrue(secret.endsWith("(expected: servers for ice.turn.secret)"), secret);
        var fixed = configurations.failure(Map.of(USERNAME, "web", CREDENTIAL, "hunter2"));
        assertTrue(fixed.endsWith("(expected: servers for ice.turn.username)"), fixed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hunter2,hunter3,hunter4", "hunter2,hunter2", "hunter2,", "hunter 2", "hunter2\u00e9"})
    void aSecretThatCannotBeOneIsNotShown(String text) {
        var failure = configurations.failure(Map.of(TURN, "turn:a", SECRET, text));
        assertTrue(
                failure.startsWith("ice.turn.secret: (not shown) from " + SECRET + " (expected: one secret"), failure);
        assertFalse(failure.contains("hunter"), failure);
    }

    @Test
    void aSecretInTheWrongPlaceIsNotShownEither() throws Exception {
        for (var environment : List.of(
                Map.of("HELIOGRAPH_ICE_TURN", "hunter2"),
                Map.of("HELIOGRAPH_ICE_TURN_PASS", "hunter2"),
                Map.of("HELIOGRAPH_ICE_TURN_SECRETS", "hunter2"),
                Map.of(CREDENTIAL, "hunter2\u0001"),
                Map.of(TURN, "turn:web:hunter2@a"),
                Map.of("HELIOGRAPH_HTTP_HOST", "web:hunter2@a"))) {
            assertNotTold(environment);
        }
        for (var secret : List.of("{hunter2: }", "{hunter2}", "*hunter2", "!hunter2!x y", "\"hunter2", "[[hunter2]]")) {
            var file = Files.writeString(directory.resolve("own.yaml"), "ice:\n  turn:\n    secret: " + secret + "\n");
            assertNotTold(Map.of("HELIOGRAPH_CONFIG", file.toString()));
        }
    }

    private void assertNotTold(Map<String, String> environment) {
        var failure = configurations.failure(environment);
        assertFalse(failure.contains("hunter"), failure);
    }
}
