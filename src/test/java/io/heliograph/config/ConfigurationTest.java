package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ForwardedBy;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Network;
import io.heliograph.protocol.Origin;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Settings.LogFormat;
import io.heliograph.protocol.Settings.LogLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigurationTest {
    private static final Settings.Proxies NO_PROXIES = new Settings.Proxies(ForwardedBy.NOTHING, List.of());

    private final Configurations configurations = new Configurations();

    @TempDir
    private Path directory = Path.of("");

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    @Test
    void nothingSaidMeansTheDefaults() throws Exception {
        var settings = configurations.load(Map.of()).settings();
        int cores = Runtime.getRuntime().availableProcessors();
        assertEquals(
                new Settings(
                        Math.max(1, cores - 1),
                        new Settings.Http("0.0.0.0", 8080, new Settings.Tls.Off(), List.of(), NO_PROXIES),
                        new Settings.Auth.Open(),
                        new Settings.Management("127.0.0.1", 9090),
                        new Settings.Api(Optional.empty()),
                        new Settings.Cluster(
                                false,
                                "127.0.0.1",
                                5701,
                                15701,
                                List.of("127.0.0.1:5701", "127.0.0.1:5702"),
                                Optional.empty(),
                                Optional.empty()),
                        new Settings.Session(25_000, 45),
                        new Settings.Drain(5, 20),
                        new Settings.Calls(45),
                        new Settings.Ice(List.of(), Optional.empty()),
                        new Limits(
                                65_536,
                                200,
                                1_048_576,
                                64,
                                250,
                                4_194_304,
                                new Limits.Intake(10_000, 0, 0, 1_000),
                                new Limits.Absence(10_000, 67_108_864)),
                        new Settings.Tracing(Optional.empty(), 0.01),
                        new Settings.Log(LogFormat.TEXT, LogLevel.INFO)),
                settings);
    }

    @Test
    void laterSourcesWinOverEarlierOnes() throws Exception {
        var file = file("http:\n  port: 1001\n  host: 10.0.0.1\nlimits:\n  rate: 11\n  rooms: 12\n");
        var settings = configurations
                .load(
                        Map.of(
                                "HELIOGRAPH_CONFIG",
                                file,
                                "HELIOGRAPH_HTTP_PORT",
                                "1002",
                                "HELIOGRAPH_LIMITS_RATE",
                                "21"),
                        Map.of("heliograph.http.port", "1003"))
                .settings();
        assertEquals(
                new Settings.Http("10.0.0.1", 1003, new Settings.Tls.Off(), List.of(), NO_PROXIES), settings.http());
        assertEquals(
                new Limits(
                        65_536,
                        21,
                        1_048_576,
                        12,
                        250,
                        4_194_304,
                        new Limits.Intake(10_000, 0, 0, 1_000),
                        new Limits.Absence(10_000, 67_108_864)),
                settings.limits());
    }

    @Test
    void everyKeyIsAnEnvironmentVariable() throws Exception {
        var settings = configurations
                .load(Map.ofEntries(
                        Map.entry("HELIOGRAPH_INSTANCES", "3"),
                        Map.entry("HELIOGRAPH_HTTP_HOST", "localhost"),
                        Map.entry("HELIOGRAPH_HTTP_PORT", "0"),
                        Map.entry("HELIOGRAPH_HTTP_TLS", "files"),
                        Map.entry("HELIOGRAPH_HTTP_CERTIFICATE", "/etc/tls/tls.crt"),
                        Map.entry("HELIOGRAPH_HTTP_KEY", "own key.pem"),
                        Map.entry("HELIOGRAPH_HTTP_ORIGINS", "https://app.example.org"),
                        Map.entry("HELIOGRAPH_HTTP_FORWARDED", "forwarded"),
                        Map.entry("HELIOGRAPH_HTTP_PROXIES", "10.0.0.0/8, fd00::7"),
                        Map.entry("HELIOGRAPH_MANAGEMENT_HOST", "::1"),
                        Map.entry("HELIOGRAPH_MANAGEMENT_PORT", "0"),
                        Map.entry("HELIOGRAPH_API_TOKEN", "0123456789abcdef0123456789ABCDEF"),
                        Map.entry("HELIOGRAPH_CLUSTER_ENABLED", "true"),
                        Map.entry("HELIOGRAPH_CLUSTER_HOST", "10.1.1.1"),
                        Map.entry("HELIOGRAPH_CLUSTER_PORT", "6001"),
                        Map.entry("HELIOGRAPH_CLUSTER_BUS_PORT", "0"),
                        Map.entry("HELIOGRAPH_CLUSTER_BUS_CERTIFICATE", "/bus/tls.crt"),
                        Map.entry("HELIOGRAPH_CLUSTER_BUS_KEY", "/bus/tls.key"),
                        Map.entry("HELIOGRAPH_CLUSTER_BUS_AUTHORITY", "/bus/ca.crt"),
                        Map.entry("HELIOGRAPH_CLUSTER_MEMBERS", "a:1, [fe80::1]:2"),
                        Map.entry("HELIOGRAPH_CLUSTER_DNS", "heliograph-headless"),
                        Map.entry("HELIOGRAPH_SESSION_HEARTBEAT", "1000"),
                        Map.entry("HELIOGRAPH_DRAIN_DELAY", "0"),
                        Map.entry("HELIOGRAPH_DRAIN_WITHIN", "3600"),
                        Map.entry("HELIOGRAPH_ICE_STUN_URLS", "stun:a,stuns:[::1]:5349"),
                        Map.entry("HELIOGRAPH_ICE_TURN_URLS", "turn:b:3478?transport=tcp, turns:10.0.0.1"),
                        Map.entry("HELIOGRAPH_ICE_TURN_SECRET", "old,new"),
                        Map.entry("HELIOGRAPH_ICE_TURN_TTL", "60"),
                        Map.entry("HELIOGRAPH_LIMITS_FRAME", "2048"),
                        Map.entry("HELIOGRAPH_LIMITS_RATE", "1"),
                        Map.entry("HELIOGRAPH_LIMITS_BYTES", "50000"),
                        Map.entry("HELIOGRAPH_CALLS_RING", "7"),
                        Map.entry("HELIOGRAPH_LIMITS_ROOMS", "2"),
                        Map.entry("HELIOGRAPH_AUTH_MODE", "jwt"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_SECRET", "0123456789abcdef0123456789abcdef"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_KEYS", "/etc/jwt/a.pem, b.pem"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_JWKS", "https://id.example.org/keys"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_ISSUER", "https://id.example.org"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_AUDIENCE", "heliograph"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_DEFAULTS_ROOMS", "standup,team-*"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_DEFAULTS_PUBLISH", "true"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_DEFAULTS_CALL", "false"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_DEFAULTS_WATCH", "false"),
                        Map.entry("HELIOGRAPH_AUTH_JWT_DEFAULTS_CAPACITY", "12"),
                        Map.entry("HELIOGRAPH_LIMITS_CAPACITY", "3"),
                        Map.entry("HELIOGRAPH_LIMITS_OUTBOX", "3145728"),
                        Map.entry("HELIOGRAPH_LIMITS_CONNECTIONS", "4"),
                        Map.entry("HELIOGRAPH_LIMITS_ADDRESS", "5"),
                        Map.entry("HELIOGRAPH_LIMITS_HANDSHAKES", "6"),
                        Map.entry("HELIOGRAPH_LIMITS_USER", "7"),
                        Map.entry("HELIOGRAPH_LIMITS_AWAY", "8"),
                        Map.entry("HELIOGRAPH_LIMITS_MAILBOX", "1048576"),
                        Map.entry("HELIOGRAPH_TRACING_ENDPOINT", "http://otel-collector:4318"),
                        Map.entry("HELIOGRAPH_TRACING_RATIO", "0.25"),
                        Map.entry("HELIOGRAPH_LOG_FORMAT", "json"),
                        Map.entry("HELIOGRAPH_LOG_LEVEL", "debug")))
                .settings();
        assertEquals(
                new Settings(
                        3,
                        new Settings.Http(
                                "localhost",
                                0,
                                new Settings.Tls.Files(Path.of("/etc/tls/tls.crt"), Path.of("own key.pem")),
                                List.of(new Origin("https", "app.example.org", OptionalInt.of(443))),
                                new Settings.Proxies(
                                        ForwardedBy.FORWARDED,
                                        List.of(
                                                Network.parse("10.0.0.0/8").orElseThrow(),
                                                Network.parse("fd00::7").orElseThrow()))),
                        new Settings.Auth.Jwt(
                                List.of(new Secret("0123456789abcdef0123456789abcdef")),
                                List.of(Path.of("/etc/jwt/a.pem"), Path.of("b.pem")),
                                Optional.of("https://id.example.org/keys"),
                                Optional.of("https://id.example.org"),
                                Optional.of("heliograph"),
                                new Grants(
                                        List.of(RoomPattern.parse("standup"), RoomPattern.parse("team-*")),
                                        true,
                                        false,
                                        false,
                                        OptionalInt.of(12))),
                        new Settings.Management("::1", 0),
                        new Settings.Api(Optional.of(new Secret("0123456789abcdef0123456789ABCDEF"))),
                        new Settings.Cluster(
                                true,
                                "10.1.1.1",
                                6001,
                                0,
                                List.of("a:1", "[fe80::1]:2"),
                                Optional.of("heliograph-headless"),
                                Optional.of(new Settings.BusTls(
                                        Path.of("/bus/tls.crt"), Path.of("/bus/tls.key"), Path.of("/bus/ca.crt")))),
                        new Settings.Session(1_000, 45),
                        new Settings.Drain(0, 3_600),
                        new Settings.Calls(7),
                        new Settings.Ice(
                                List.of("stun:a", "stuns:[::1]:5349"),
                                Optional.of(new Settings.Ice.Turn.Timed(
                                        List.of("turn:b:3478?transport=tcp", "turns:10.0.0.1"),
                                        List.of(new Secret("old"), new Secret("new")),
                                        60))),
                        new Limits(
                                2_048,
                                1,
                                50_000,
                                2,
                                3,
                                3_145_728,
                                new Limits.Intake(4, 5, 7, 6),
                                new Limits.Absence(8, 1_048_576)),
                        new Settings.Tracing(Optional.of("http://otel-collector:4318"), 0.25),
                        new Settings.Log(LogFormat.JSON, LogLevel.DEBUG)),
                settings);
    }

    @Test
    void aPortThatIsNoNumberStopsTheStart() {
        assertEquals(
                "http.port: abc from HELIOGRAPH_HTTP_PORT (expected: a port, 0 to 65535)",
                configurations.failure(Map.of("HELIOGRAPH_HTTP_PORT", "abc")));
    }

    @Test
    void anUnknownVariableStopsTheStart() {
        assertEquals(
                "htp.port: 80 from HELIOGRAPH_HTP_PORT (expected: a key that conf/heliograph.yaml names)",
                configurations.failure(Map.of("HELIOGRAPH_HTP_PORT", "80")));
    }

    @Test
    void anUnknownPropertyStopsTheStart() {
        assertEquals(
                "http.prot: 80 from heliograph.http.prot (expected: a key that conf/heliograph.yaml names)",
                configurations.failure(Map.of(), Map.of("heliograph.http.prot", "80")));
    }

    @Test
    void theNameOfAVariableIsNoNameForAProperty() {
        assertEquals(
                "HTTP_PORT: 80 from heliograph.HTTP_PORT (expected: a key that conf/heliograph.yaml names)",
                configurations.failure(Map.of(), Map.of("heliograph.HTTP_PORT", "80")));
    }

    @Test
    void whatMayBeAMisspeltSecretIsNotShown() {
        var failure = configurations.failure(Map.of("HELIOGRAPH_API_TOKENS", "hunter2"));
        assertTrue(failure.startsWith("api.tokens: (not shown) from HELIOGRAPH_API_TOKENS"), failure);
        assertFalse(failure.contains("hunter2"), failure);
    }

    @Test
    void everythingThatIsWrongIsNamedOnOneLine() throws Exception {
        var file = file("http:\n  port: 70000\n  colour: red\n");
        assertEquals(
                ("http.colour: red from %1$s (expected: a key that conf/heliograph.yaml names); "
                                + "http.port: 70000 from %1$s (expected: a port, 0 to 65535); "
                                + "limits.rate: 0 from HELIOGRAPH_LIMITS_RATE (expected: frames a second, 1 to 100000)")
                        .formatted(file),
                configurations.failure(Map.of("HELIOGRAPH_CONFIG", file, "HELIOGRAPH_LIMITS_RATE", "0")));
    }

    @Test
    void aWrongValueStopsTheStartAlsoWhereALaterSourceOverridesIt() throws Exception {
        var file = file("http.port: abc\n");
        var failure = configurations.failure(Map.of("HELIOGRAPH_CONFIG", file, "HELIOGRAPH_HTTP_PORT", "1"));
        assertEquals("http.port: abc from " + file + " (expected: a port, 0 to 65535)", failure);
    }

    @Test
    void theLargestNumberThatIsExpectedIsTaken() throws Exception {
        var most = Map.of("HELIOGRAPH_LIMITS_OUTBOX", "1073741824", "HELIOGRAPH_LIMITS_BYTES", "1073741824");
        var limits = configurations.load(most, Map.of()).settings().limits();
        assertEquals(1_073_741_824, limits.outboxBytes());
        assertEquals(1_073_741_824, limits.bytesPerSecond());
        for (var text : List.of("1073741825", "2147483647", "2147483648", "9999999999", "99999999999")) {
            var failure = configurations.failure(Map.of("HELIOGRAPH_LIMITS_BYTES", text));
            assertEquals(
                    "limits.bytes: " + text
                            + " from HELIOGRAPH_LIMITS_BYTES (expected: bytes a second, 1024 to 1073741824)",
                    failure);
        }
    }

    @Test
    void numbersAndTruthsAreTakenAsTheyStand() throws Exception {
        for (var text : List.of("0123", "1e3", "+80", "-1", "0x50", " 80", "80 ", "8_0", "٨٠", "99999999999", "")) {
            var failure = configurations.failure(Map.of("HELIOGRAPH_HTTP_PORT", text));
            assertTrue(failure.contains("(expected: a port, 0 to 65535)"), text + ": " + failure);
        }
        for (var text : List.of("off", "yes", "TRUE", "1", "")) {
            var failure = configurations.failure(Map.of("HELIOGRAPH_CONFIG", file("cluster:\n  enabled: " + text)));
            assertTrue(failure.contains("(expected: true or false)"), text + ": " + failure);
        }
    }

    @Test
    void aValueCannotBreakTheLineOfItsError() {
        assertEquals(
                "http.host: a\\nready http=8080\\u001b[2J from HELIOGRAPH_HTTP_HOST (expected: a host name or an address)",
                configurations.failure(Map.of("HELIOGRAPH_HTTP_HOST", "a\nready http=8080\u001b[2J")));
    }

    @Test
    void theHashIsTheSameForAllMembersThatWereToldTheSame() throws Exception {
        Map<String, String> told = Map.of("HELIOGRAPH_CLUSTER_ENABLED", "true", "HELIOGRAPH_CLUSTER_HOST", "10.0.0.1");
        Map<String, String> toldAlike = Map.of("HELIOGRAPH_CLUSTER_HOST", "10.0.0.2", "HELIOGRAPH_HTTP_PORT", "8081");
        Map<String, String> toldOtherwise = Map.of(
                "HELIOGRAPH_CLUSTER_ENABLED", "true",
                "HELIOGRAPH_CLUSTER_HOST", "10.0.0.1",
                "HELIOGRAPH_SESSION_WINDOW", "46");
        String hash = configurations.load(told).hash();
        assertTrue(hash.matches("[0-9a-f]{8}"), hash);
        assertEquals(hash, configurations.load(toldAlike).hash());
        assertNotEquals(hash, configurations.load(toldOtherwise).hash());
    }

    @Test
    void twoServersDoNotShareAPort() {
        assertEquals(
                "management.port: 8080 from HELIOGRAPH_MANAGEMENT_PORT (expected: another port than http.port)",
                configurations.failure(Map.of("HELIOGRAPH_MANAGEMENT_PORT", "8080")));
    }

    @Test
    void twoServersOnDifferentAddressesMayHaveTheSamePort() throws Exception {
        var loaded =
                configurations.load(Map.of("HELIOGRAPH_HTTP_HOST", "10.0.0.1", "HELIOGRAPH_MANAGEMENT_PORT", "8080"));
        assertEquals(8080, loaded.settings().management().port());
    }

    @Test
    void clusterPortsCountOnlyInACluster() throws Exception {
        var ports = Map.of("HELIOGRAPH_CLUSTER_PORT", "8080", "HELIOGRAPH_CLUSTER_MEMBERS", "");
        assertEquals(8080, configurations.load(ports).settings().cluster().port());
        assertEquals(
                "cluster.members: \"\" from HELIOGRAPH_CLUSTER_MEMBERS (expected: at least one address, or a name in"
                        + " cluster.dns); cluster.port: 8080 from HELIOGRAPH_CLUSTER_PORT (expected: another port than"
                        + " http.port)",
                configurations.failure(ports, Map.of("heliograph.cluster.enabled", "true")));
    }

    @Test
    void aMemberOfAClusterNeedsAnAddressThatOthersCanReach() {
        assertEquals(
                "cluster.host: 0.0.0.0 from HELIOGRAPH_CLUSTER_HOST (expected: an address at which the others reach this"
                        + " process)",
                configurations.failure(
                        Map.of("HELIOGRAPH_CLUSTER_HOST", "0.0.0.0", "HELIOGRAPH_CLUSTER_ENABLED", "true")));
    }

    @Test
    void aMemberWithoutPortStopsTheStart() {
        for (var text : List.of("10.0.0.1", "a:0", "a:65536", "a:1,", ",", "http://a:1", "::1:5701")) {
            var failure = configurations.failure(Map.of("HELIOGRAPH_CLUSTER_MEMBERS", text));
            assertTrue(failure.contains("(expected: host:port, separated by commas)"), text + ": " + failure);
        }
    }

    @Test
    void encryptionWithFilesNeedsBothOfThem() throws Exception {
        assertEquals(
                "http.key: \"\" from conf/heliograph.yaml (expected: a PEM file, since http.tls is files)",
                configurations.failure(
                        Map.of("HELIOGRAPH_HTTP_TLS", "files", "HELIOGRAPH_HTTP_CERTIFICATE", "/etc/tls/tls.crt")));
        assertEquals(
                "http.certificate: \"\" from HELIOGRAPH_HTTP_CERTIFICATE (expected: a PEM file, since http.tls is files)",
                configurations.failure(Map.of(
                        "HELIOGRAPH_HTTP_TLS",
                        "files",
                        "HELIOGRAPH_HTTP_CERTIFICATE",
                        "",
                        "HELIOGRAPH_HTTP_KEY",
                        "key.pem")));
        var selfSigned = configurations.load(Map.of("HELIOGRAPH_HTTP_TLS", "self-signed"));
        assertEquals(new Settings.Tls.SelfSigned(), selfSigned.settings().http().tls());
    }

    @Test
    void offInAFileIsNoTruthButAWord() throws Exception {
        var loaded = configurations.load(Map.of("HELIOGRAPH_CONFIG", file("http:\n  tls: off\n")));
        assertEquals(new Settings.Tls.Off(), loaded.settings().http().tls());
        assertEquals(
                "http.tls: on from HELIOGRAPH_HTTP_TLS (expected: one of off, self-signed, files)",
                configurations.failure(Map.of("HELIOGRAPH_HTTP_TLS", "on")));
    }

    @Test
    void aPrivateKeyInPlaceOfItsPathIsRefusedAndNotShown() {
        var failure = configurations.failure(
                Map.of("HELIOGRAPH_HTTP_KEY", "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----\n"));
        assertEquals(
                "http.key: (not shown) from HELIOGRAPH_HTTP_KEY (expected: the path of a file or nothing)", failure);
    }

    @Test
    void whatKubernetesInjectsForAServiceOfOurNameIsIgnored() throws Exception {
        var injected = Map.ofEntries(
                Map.entry("HELIOGRAPH_SERVICE_HOST", "10.96.0.7"),
                Map.entry("HELIOGRAPH_SERVICE_PORT", "80"),
                Map.entry("HELIOGRAPH_SERVICE_PORT_HTTP", "80"),
                Map.entry("HELIOGRAPH_PORT", "tcp://10.96.0.7:80"),
                Map.entry("HELIOGRAPH_PORT_80_TCP", "tcp://10.96.0.7:80"),
                Map.entry("HELIOGRAPH_PORT_80_TCP_PROTO", "tcp"),
                Map.entry("HELIOGRAPH_PORT_80_TCP_PORT", "80"),
                Map.entry("HELIOGRAPH_PORT_80_TCP_ADDR", "10.96.0.7"),
                Map.entry("HELIOGRAPH_HEADLESS_SERVICE_HOST", "None"),
                Map.entry("HELIOGRAPH_HEADLESS_PORT_5701_TCP_PROTO", "tcp"),
                // A Service called heliograph-http, whose variable is a key of ours.
                Map.entry("HELIOGRAPH_HTTP_PORT", "tcp://10.96.0.8:80"));
        var loaded = configurations.load(injected);
        assertEquals(injected.keySet(), loaded.ignored());
        assertEquals(8080, loaded.settings().http().port());
    }

    @Test
    void aVariableThatOnlyResemblesAnInjectedOneStopsTheStart() {
        for (var name : Set.of("HELIOGRAPH_PORT", "HELIOGRAPH_SERVICE", "HELIOGRAPH_PORT_HTTP")) {
            var failure = configurations.failure(Map.of(name, "8080"));
            assertTrue(failure.contains(" from " + name + " (expected: a key"), failure);
        }
    }

    @Test
    void noKeyOfOursLooksLikeAnInjectedVariable() {
        for (var key : Keys.ALL) {
            assertFalse(ServiceLinks.matches(key.environmentName(), key.standard()), key.path());
        }
    }

    @Test
    void aMissingFileStopsTheStart() {
        assertEquals(
                "config: /no/such.yaml from HELIOGRAPH_CONFIG (expected: a YAML file that can be read; there is none)",
                configurations.failure(Map.of("HELIOGRAPH_CONFIG", "/no/such.yaml")));
    }

    @Test
    void theFileMayBeNamedByAProperty() throws Exception {
        var named = Map.of("heliograph.config", file("http.port: 1004"));
        assertEquals(
                1004, configurations.load(Map.of(), named).settings().http().port());
    }

    @Test
    void aCertificateThatWouldNotBeUsedStopsTheStart() {
        assertEquals(
                "http.certificate: /a.pem from HELIOGRAPH_HTTP_CERTIFICATE (expected: none, since http.tls is off)",
                configurations.failure(Map.of("HELIOGRAPH_HTTP_CERTIFICATE", "/a.pem")));
        assertEquals(
                "http.key: /a.key from HELIOGRAPH_HTTP_KEY (expected: none, since http.tls is self-signed)",
                configurations.failure(Map.of("HELIOGRAPH_HTTP_TLS", "self-signed", "HELIOGRAPH_HTTP_KEY", "/a.key")));
    }

    @Test
    void aSectionWithAllItsKeysCommentedOutSaysNothing() throws Exception {
        var file = file("http:\n  # port: 1\n");
        assertEquals(
                8080,
                configurations
                        .load(Map.of("HELIOGRAPH_CONFIG", file))
                        .settings()
                        .http()
                        .port());
    }

    @Test
    void aSectionWithAValueOfItsOwnIsToldWhereItBelongs() throws Exception {
        var file = file("http: 8080");
        assertEquals(
                "http: 8080 from " + file
                        + " (expected: no value of its own, but keys below it that conf/heliograph.yaml names)",
                configurations.failure(Map.of("HELIOGRAPH_CONFIG", file)));
    }

    private String file(String text) throws Exception {
        return Files.writeString(directory.resolve("own.yaml"), text).toString();
    }
}
