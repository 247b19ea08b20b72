package io.heliograph.it.operation;

import static io.heliograph.it.harness.RawClient.CLOSE;
import static io.heliograph.it.harness.RawClient.TEXT;
import static io.heliograph.it.harness.RawClient.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.ServerProcess.Exit;
import io.heliograph.it.harness.TestCertificate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The public port over TLS: with a certificate made at the start, and with one from files that change. */
@Execution(ExecutionMode.CONCURRENT)
class TlsIT {
    /** Enough for every instance to have its turn. */
    private static final int HANDSHAKES = 8;

    private static final Map<String, String> SELF_SIGNED =
            Map.of("HELIOGRAPH_HTTP_TLS", "self-signed", "HELIOGRAPH_INSTANCES", "2");

    @Test
    void withSelfSignedAllInstancesShowOneCertificateAndTheLogSaysWhatToOpen() {
        try (ServerProcess server = ServerProcess.start(SELF_SIGNED)) {
            int port = server.ports().http();
            Set<X509Certificate> shown = shown(port);
            assertEquals(1, shown.size(), shown.toString());
            awaitReachable(server);
            List<String> reachable = server.log().all(TlsIT::isReachable);
            assertEquals(1, reachable.size(), server.log().all().toString());
            assertTrue(reachable.get(0).contains(" INFO "), reachable.get(0));
            assertTrue(reachable.get(0).contains("address=https://127.0.0.1:" + port + " "), reachable.get(0));
            for (String version : List.of("TLSv1.2", "TLSv1.3")) {
                try (RawClient client = RawClient.openTls(port, version)) {
                    String head = client.request("GET", "/", "");
                    assertTrue(head.startsWith("HTTP/1.1 200 "), head);
                    assertEquals("", client.applicationProtocol(), "ALPN");
                }
            }
            try (RawClient client = RawClient.openTls(port).upgraded("")) {
                client.enter();
            }
        }
    }

    /** All of them are enabled in the client's Java, which would take them. */
    @Test
    void onlySuitesWithForwardSecrecyAndAuthenticatedEncryptionAreTaken(@TempDir Path directory) throws IOException {
        for (TestCertificate certificate : List.of(TestCertificate.valid(), TestCertificate.rsa())) {
            certificate.mount(directory);
            try (ServerProcess server = ServerProcess.start(files(directory))) {
                int port = server.ports().http();
                for (String suite : List.of(
                        "TLS_RSA_WITH_AES_128_GCM_SHA256",
                        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
                        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384",
                        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256")) {
                    UncheckedIOException refused = assertThrows(
                            UncheckedIOException.class, () -> RawClient.openTls(port, "TLSv1.2", suite), suite);
                    assertTrue(String.valueOf(refused.getMessage()).contains("handshake_failure"), refused.toString());
                }
                RawClient.openTls(port, "TLSv1.2").close();
            }
        }
    }

    @Test
    void aClientCannotMakeTheServerShakeHandsAgain() {
        try (ServerProcess server = ServerProcess.start(SELF_SIGNED);
                RawClient client = RawClient.openTls(server.ports().http(), "TLSv1.2")) {
            assertTrue(client.request("HEAD", "/", "").startsWith("HTTP/1.1 200 "), client.head());
            assertFalse(client.renegotiates());
        }
    }

    @Test
    void closeCodesAreTheSameOverTls() {
        try (ServerProcess server = ServerProcess.start(SELF_SIGNED)) {
            assertClosed(server, 1009, header(TEXT, true, 10_000_000));
            assertClosed(server, 1009, RawClient.frame(TEXT, true, new byte[65_537]));
            assertClosed(server, 1007, RawClient.frame(TEXT, true, new byte[] {'"', (byte) 0xff, '"'}));
        }
    }

    @Test
    void whoSpeaksPlainHttpIsCutOffAndNothingIsLogged() {
        try (ServerProcess server = ServerProcess.start(SELF_SIGNED)) {
            awaitReachable(server);
            int lines = server.log().all().size();
            try (RawClient client = RawClient.open(server.ports().http())) {
                client.write(new byte[] {'G', 'E', 'T', ' ', '/', ' ', 'H', 'T', 'T', 'P', '\r', '\n', '\r', '\n'});
                assertTrue(client.readEnd(), "the server ends the connection");
            }
            shown(server.ports().http());
            assertEquals(lines, server.log().all().size(), server.log().all().toString());
        }
    }

    @Test
    void whoAsksNothingIsCutOffBeforeAndAfterTheHandshake() {
        Map<String, String> impatient = new TreeMap<>(SELF_SIGNED);
        impatient.put("HELIOGRAPH_SESSION_HEARTBEAT", "1000");
        try (ServerProcess server = ServerProcess.start(impatient);
                RawClient mute = RawClient.open(server.ports().http());
                RawClient operator = RawClient.open(server.ports().management());
                RawClient monitor = RawClient.open(server.ports().management());
                RawClient silent = RawClient.openTls(server.ports().http());
                RawClient idle = RawClient.openTls(server.ports().http());
                RawClient alive = RawClient.openTls(server.ports().http()).upgraded("")) {
            alive.enter();
            idle.request("HEAD", "/", "");
            monitor.request("HEAD", "/livez", "");
            long began = System.nanoTime();
            // This one answers pings meanwhile, and so is not idle.
            while (Duration.ofNanos(System.nanoTime() - began).toSeconds() < 28) {
                alive.send(
                        RawClient.PONG,
                        true,
                        alive.read(RawClient.PING).payload().getBytes());
            }
            assertTrue(mute.readEnd(), "the server has ended the connection without a handshake");
            assertTrue(silent.readEnd(), "the server ends the connection that asks nothing");
            assertTrue(idle.readEnd(), "the server ends the connection that asks nothing more");
            assertTrue(operator.readEnd() && monitor.readEnd(), "so does the management port");
            long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
            assertTrue(seconds >= 29 && seconds < 40, "after " + seconds + " s");
            alive.sendText("{\"type\":\"ping\",\"id\":\"late\"}");
            alive.readJson(pong -> "late".equals(pong.getString("re")));
        }
    }

    @Test
    void filesThatChangeAreShownToNewConnectionsAndOpenOnesStay(@TempDir Path directory) throws IOException {
        TestCertificate first = TestCertificate.valid();
        first.mount(directory);
        try (ServerProcess server = ServerProcess.start(files(directory));
                RawClient open = RawClient.openTls(server.ports().http()).upgraded("")) {
            int port = server.ports().http();
            String peer = open.enter();
            assertEquals(Set.of(first.bundle().getCertificate()), shown(port));

            TestCertificate second = TestCertificate.rsa();
            second.mount(directory);
            server.log().await(Await.SOON, "renewal", line -> line.contains(" INFO ") && isRenewal(line));
            assertEquals(Set.of(second.bundle().getCertificate()), shown(port));
            assertAlive(open, peer, "after a renewal");

            Files.writeString(directory.resolve("tls.key"), first.key());
            server.log()
                    .await(
                            Await.SOON,
                            "warning",
                            line -> line.contains(" WARN ") && line.contains("cause=http.key: " + directory));
            assertEquals(Set.of(second.bundle().getCertificate()), shown(port));

            first.mount(directory);
            server.log()
                    .await(
                            Await.SOON,
                            "recovery",
                            line -> server.log().all(TlsIT::isRenewal).size() == 2);
            assertEquals(Set.of(first.bundle().getCertificate()), shown(port));
            assertAlive(open, peer, "after a warning and another renewal");
            assertEquals(
                    1,
                    server.log().all(line -> line.contains(" WARN ")).size(),
                    server.log().tail());
        }
    }

    static Stream<Arguments> mistakes() {
        TestCertificate good = TestCertificate.valid();
        TestCertificate expired = TestCertificate.elliptic(Duration.ofDays(-9), Duration.ofDays(-2));
        String encrypted = good.key().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
        return Stream.of(
                Arguments.of("no certificate", "", good.key(), "http.certificate", "a PEM file with a certificate"),
                Arguments.of("no key", good.certificate(), "", "http.key", "a PEM file with a private key"),
                Arguments.of(
                        "half a certificate",
                        good.certificate().substring(0, 99),
                        good.key(),
                        "http.certificate",
                        "damaged"),
                Arguments.of("half a key", good.certificate(), good.key().substring(0, 99), "http.key", "whole"),
                Arguments.of(
                        "another's key",
                        good.certificate(),
                        TestCertificate.valid().key(),
                        "http.key",
                        "the private key of"),
                Arguments.of("expired", expired.certificate(), expired.key(), "http.certificate", "it expired"),
                Arguments.of("an encrypted key", good.certificate(), encrypted, "http.key", "without passphrase"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aFileThatCannotBeUsedStopsTheStartWithOneLine(
            String what, String certificate, String key, String named, String expected, @TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve("tls.crt"), certificate);
        Files.writeString(directory.resolve("tls.key"), key);
        String file = named.equals("http.key") ? "tls.key" : "tls.crt";
        assertOneLine(files(directory), named + ": " + directory.resolve(file) + " (expected: ", expected);
    }

    @Test
    void aMissingFileStopsTheStartOfAMemberBeforeItJoins(@TempDir Path directory) {
        Map<String, String> member = new TreeMap<>(files(directory));
        member.put("HELIOGRAPH_CLUSTER_ENABLED", "true");
        assertOneLine(member, "http.certificate: " + directory.resolve("tls.crt"), "there is none");
    }

    private static void assertOneLine(Map<String, String> environment, String... parts) {
        Exit exit = ServerProcess.launch(environment).awaitExit();
        assertEquals(1, exit.code(), exit.stderr().toString());
        assertEquals(List.of(), exit.stdout());
        assertEquals(1, exit.stderr().size(), exit.stderr().toString());
        String line = exit.stderr().get(0);
        assertTrue(line.contains(" start failed "), line);
        for (String part : parts) {
            assertTrue(line.contains(part), part + " in " + line);
        }
    }

    private static void assertClosed(ServerProcess server, int code, byte[] wire) {
        try (RawClient client = RawClient.openTls(server.ports().http()).upgraded("")) {
            client.enter();
            client.write(wire);
            RawClient.Frame close = client.read(CLOSE);
            assertEquals(code, close.closeCode());
            client.send(CLOSE, true, close.payload().getBytes());
            assertTrue(client.readEnd(), "the server ends the connection");
        }
    }

    private static void assertAlive(RawClient open, String peer, String when) {
        String message = "{\"type\":\"message\",\"id\":\"%s\",\"to\":\"%s\"}".formatted(when, peer);
        open.sendText(message);
        open.readJson(answer -> when.equals(answer.getString("re")));
    }

    /** The last that a server with a certificate of its own logs of its start, which may come after its ready line. */
    private static void awaitReachable(ServerProcess server) {
        server.log().await(Await.SOON, "where it is reachable", TlsIT::isReachable);
    }

    private static boolean isReachable(String line) {
        return line.contains(" reachable ");
    }

    private static boolean isRenewal(String line) {
        return line.contains("certificate renewed");
    }

    /** What the server shows to those who connect now. */
    private static Set<X509Certificate> shown(int port) {
        Set<X509Certificate> shown = new HashSet<>();
        for (int i = 0; i < HANDSHAKES; i++) {
            try (RawClient client = RawClient.openTls(port)) {
                shown.add(client.certificate());
            }
        }
        return shown;
    }

    private static Map<String, String> files(Path directory) {
        return Map.of(
                "HELIOGRAPH_INSTANCES",
                "2",
                "HELIOGRAPH_HTTP_TLS",
                "files",
                "HELIOGRAPH_HTTP_CERTIFICATE",
                directory.resolve("tls.crt").toString(),
                "HELIOGRAPH_HTTP_KEY",
                directory.resolve("tls.key").toString());
    }
}
