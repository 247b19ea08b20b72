package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Processes that show each other certificates, and whoever has none, or another authority's. */
class BusTlsIT {
    @TempDir
    private Path directory = Path.of("");

    private X509Bundle authority() throws Exception {
        return template().subject("CN=cluster").setIsCertificateAuthority(true).buildSelfSigned();
    }

    private static CertificateBuilder template() {
        return new CertificateBuilder().algorithm(CertificateBuilder.Algorithm.ecp256);
    }

    private Map<String, String> environment(X509Bundle authority, X509Bundle trusted) throws Exception {
        return environment(template(), authority, trusted);
    }

    private Map<String, String> environment(CertificateBuilder kind, X509Bundle authority, X509Bundle trusted)
            throws Exception {
        X509Bundle own = kind.subject("CN=heliograph").buildIssuedBy(authority);
        Path files = Files.createTempDirectory(directory, "bus");
        return Map.of(
                "HELIOGRAPH_CLUSTER_BUS_CERTIFICATE",
                write(files, "tls.crt", own.getPrivateKeyPEM() + own.getCertificatePEM()),
                "HELIOGRAPH_CLUSTER_BUS_KEY",
                write(files, "tls.key", own.getPrivateKeyPEM()),
                "HELIOGRAPH_CLUSTER_BUS_AUTHORITY",
                write(files, "ca.crt", trusted.getCertificatePEM()));
    }

    private static String write(Path directory, String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content).toString();
    }

    @Test
    void whoHasACertificateOfTheAuthorityIsHeard() throws Exception {
        X509Bundle authority = authority();
        try (TestCluster cluster = TestCluster.start(2, environment(authority, authority));
                TestClients clients = new TestClients()) {
            TestClient here = clients.enter(cluster.server(0).ports().http());
            TestClient there = clients.enter(cluster.server(1).ports().http());
            here.join("standup");
            there.join("standup");
            assertEquals(
                    "ok", here.ask(TestClient.message("to", there.peer(), "hi")).getString("type"));
            there.await("message", frame -> "hi".equals(frame.getString("data")));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoHasOneOfAnotherAuthorityOrNoneIsNotHeard(boolean encrypted) throws Exception {
        X509Bundle authority = authority();
        List<Integer> ports = List.of(TestCluster.freePort(), TestCluster.freePort());
        X509Bundle other = authority();
        Map<String, String> stranger = encrypted ? environment(other, other) : Map.of();
        try (ServerProcess member = ServerProcess.start(clustered(ports, 0, environment(authority, authority)));
                ServerProcess intruder = ServerProcess.start(clustered(ports, 1, stranger));
                TestClients clients = new TestClients()) {
            for (ServerProcess process : List.of(member, intruder)) {
                Await.until(
                        Await.SOON,
                        () -> Optional.of(
                                        "sees " + process.management().metrics().get("heliograph_cluster_nodes"))
                                .filter(sees -> !sees.equals("sees 2.0")));
            }
            TestClient here = clients.enter(member.ports().http());
            TestClient there = clients.enter(intruder.ports().http());
            JsonObject sent = there.ask(TestClient.message("to", here.peer(), "hi"));
            assertEquals("unavailable", sent.getString("code"), sent::encode);
            JsonObject answered = here.ask(TestClient.message("to", there.peer(), "hi"));
            assertEquals("unavailable", answered.getString("code"), answered::encode);
            assertEquals("pong", here.ask("ping").getString("type"));
        }
    }

    private static Map<String, String> clustered(List<Integer> ports, int index, Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(more);
        environment.put("HELIOGRAPH_CLUSTER_ENABLED", "true");
        environment.put("HELIOGRAPH_CLUSTER_PORT", ports.get(index).toString());
        environment.put("HELIOGRAPH_CLUSTER_BUS_PORT", "0");
        environment.put(
                "HELIOGRAPH_CLUSTER_MEMBERS",
                ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
        environment.put("HELIOGRAPH_DRAIN_DELAY", "0");
        environment.put("HELIOGRAPH_DRAIN_WITHIN", "0");
        return environment;
    }

    @Test
    void filesThatCannotBeUsedStopTheStart() throws Exception {
        X509Bundle authority = authority();
        Map<String, String> good = environment(authority, authority);
        for (String key : good.keySet()) {
            Map<String, String> bad = new HashMap<>(good);
            bad.put(key, directory.resolve("none.pem").toString());
            assertStopped(bad, "none.pem");
        }
    }

    @Test
    void aCertificateThatOthersWouldRefuseStopsTheStart() throws Exception {
        X509Bundle authority = authority();
        assertStopped(environment(authority(), authority), "tls.crt");
        Instant now = Instant.now();
        CertificateBuilder over = template().notBefore(now.minusSeconds(7_200)).notAfter(now.minusSeconds(3_600));
        assertStopped(environment(over, authority, authority), "tls.crt");
        CertificateBuilder forServersOnly =
                template().addExtendedKeyUsage(CertificateBuilder.ExtendedKeyUsage.PKIX_KP_SERVER_AUTH);
        assertStopped(environment(forServersOnly, authority, authority), "tls.crt");
        Map<String, String> another = new HashMap<>(environment(authority, authority));
        String key = "HELIOGRAPH_CLUSTER_BUS_KEY";
        another.put(
                key, Objects.requireNonNull(environment(authority, authority).get(key)));
        assertStopped(another, "cluster.bus.key is another certificate's");
    }

    private static void assertStopped(Map<String, String> bad, String file) {
        ServerProcess.Exit exit = ServerProcess.launch(clustered(List.of(TestCluster.freePort()), 0, bad))
                .awaitExit();
        assertEquals(1, exit.code());
        assertTrue(
                exit.stderr().stream()
                        .anyMatch(line -> line.contains("start failed cause=cluster.bus.") && line.contains(file)),
                () -> String.join("\n", exit.stderr()));
    }
}
