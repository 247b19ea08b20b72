package io.heliograph.it.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.OtherHazelcast;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.ServerProcess.Exit;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a server starts, and what it says when it cannot. */
class StartIT {

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("a file with broken YAML", "http: [1", Map.of(), "own.yaml", "line 1"),
                mistake("a file with an unknown key", "htpp:\n  port: 1\n", Map.of(), "htpp.port"),
                mistake("a file with a wrong type", "http:\n  port: soon\n", Map.of(), "http.port", "soon", "a port"),
                mistake("a file that is no map", "- 1\n", Map.of(), "own.yaml", "keys with values"),
                mistake("a missing file", "", Map.of("HELIOGRAPH_CONFIG", "nowhere.yaml"), "nowhere.yaml"),
                mistake("a wrong value", "", Map.of("HELIOGRAPH_HTTP_PORT", "70000"), "http.port", "70000", "65535"),
                mistake("no number", "", Map.of("HELIOGRAPH_LIMITS_RATE", "fast"), "limits.rate", "fast"),
                mistake(
                        "an unknown variable",
                        "",
                        Map.of("HELIOGRAPH_HTTP_PROT", "1"),
                        "http.prot",
                        "HELIOGRAPH_HTTP_PROT"),
                mistake(
                        "no member",
                        "",
                        Map.of("HELIOGRAPH_CLUSTER_MEMBERS", "somewhere"),
                        "cluster.members",
                        "somewhere"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistakeStopsTheStartWithOneLine(
            String what, String file, Map<String, String> environment, List<String> named, @TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve("own.yaml"), file);
        Map<String, String> all = new HashMap<>(Map.of("HELIOGRAPH_CONFIG", "own.yaml"));
        all.putAll(environment);
        assertOneLine(what, ServerProcess.launch(directory, all), named);
    }

    @Test
    void whatIsWrongWithTheConfigurationIsSaidInTheFormatThatTheEnvironmentAsksFor() {
        try (ServerProcess server =
                ServerProcess.launch(Map.of("HELIOGRAPH_LOG_FORMAT", "json", "HELIOGRAPH_HTTP_PORT", "nonsense"))) {
            List<String> lines = server.awaitExit().stderr();
            JsonObject last = new JsonObject(lines.get(lines.size() - 1));
            assertTrue(last.encode().contains("http.port"), lines.toString());
        }
    }

    @Test
    void aPublicPortInUseStopsTheStartWithOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertOneLine(
                    "public port in use",
                    ServerProcess.launch(Map.of("HELIOGRAPH_HTTP_PORT", port, "HELIOGRAPH_INSTANCES", "2")),
                    List.of("http.port", port, "address already in use"));
        }
    }

    @Test
    void aFolderThatCannotBeWrittenStopsTheStartWithOneLine() {
        assertOneLine(
                "no folder for files",
                ServerProcess.launch(Map.of("JDK_JAVA_OPTIONS", "-Djava.io.tmpdir=/proc/self")),
                List.of("java.io.tmpdir", "/proc/self"));
    }

    @Test
    void aManagementPortInUseStopsTheStartWithOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertOneLine(
                    "management port in use",
                    ServerProcess.launch(Map.of("HELIOGRAPH_MANAGEMENT_PORT", port)),
                    List.of("management.port", port, "address already in use"));
        }
    }

    @Test
    void aClusterPortInUseStopsTheStartWithOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            assertOneLine(
                    "cluster port in use",
                    ServerProcess.launch(Map.of("HELIOGRAPH_CLUSTER_ENABLED", "true", "HELIOGRAPH_CLUSTER_PORT", port)),
                    List.of("cluster.port", port, "address already in use"));
        }
    }

    @Test
    void aBusPortInUseStopsTheStartWithOneLine() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = String.valueOf(taken.getLocalPort());
            String clusterPort = String.valueOf(TestCluster.freePort());
            assertOneLine(
                    "bus port in use",
                    ServerProcess.launch(Map.of(
                            "HELIOGRAPH_CLUSTER_ENABLED",
                            "true",
                            "HELIOGRAPH_CLUSTER_PORT",
                            clusterPort,
                            "HELIOGRAPH_CLUSTER_MEMBERS",
                            "127.0.0.1:" + clusterPort,
                            "HELIOGRAPH_CLUSTER_BUS_PORT",
                            port)),
                    List.of("cluster.bus.port", port, "address already in use"));
        }
    }

    @Test
    void whatKubernetesPutsIntoTheEnvironmentIsIgnoredWithOneLine() {
        Map<String, String> links = Map.of(
                "HELIOGRAPH_SERVICE_HOST", "10.0.0.1",
                "HELIOGRAPH_SERVICE_PORT", "8080",
                "HELIOGRAPH_SERVICE_PORT_HTTP", "8080",
                "HELIOGRAPH_PORT", "tcp://10.0.0.1:8080",
                "HELIOGRAPH_PORT_8080_TCP", "tcp://10.0.0.1:8080",
                "HELIOGRAPH_PORT_8080_TCP_PROTO", "tcp",
                "HELIOGRAPH_PORT_8080_TCP_ADDR", "10.0.0.1",
                "HELIOGRAPH_HTTP_PORT", "tcp://10.0.0.1:80");
        try (ServerProcess server = ServerProcess.launch(withoutPort(links))) {
            server.awaitReady();
            server.log().await(Await.SOON, "what is logged last of a start", line -> line.contains(" started "));
            List<String> lines = server.log().all(line -> line.contains("HELIOGRAPH_PORT_8080_TCP_PROTO"));
            assertEquals(1, lines.size(), server.log().all().toString());
            assertTrue(lines.get(0).contains(" INFO "), lines.get(0));
            links.keySet().stream()
                    .filter(name -> !name.equals("HELIOGRAPH_HTTP_PORT"))
                    .forEach(name -> assertTrue(lines.get(0).contains(name), name));
        }
    }

    @Test
    void fewerOpenFilesThanConnectionsAreWarnedOf() {
        var system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        boolean tooFew = system.getMaxFileDescriptorCount() < 1_100_500;
        try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_LIMITS_CONNECTIONS", "1000000"))) {
            server.log().await(Await.SOON, "what is logged last of a start", line -> line.contains(" started "));
            List<String> lines = server.log()
                    .all(line -> line.contains(" WARN ")
                            && line.contains("limits.connections=1000000")
                            && line.contains("ulimit -n 1100500"));
            assertEquals(tooFew ? 1 : 0, lines.size(), server.log().all().toString());
        }
    }

    @Test
    void theReadyLineIsTheOnlyOneOnStandardOutputAndNamesThePortsChosen() {
        try (ServerProcess server = ServerProcess.launch(Map.of())) {
            ServerProcess.Ports ports = server.awaitReady();
            assertTrue(ports.http() > 0 && ports.management() > 0, ports.toString());
            assertEquals("off", ports.cluster());
            assertEquals(200, server.management().get("/readyz").statusCode());
            server.terminate();
            Exit exit = server.awaitExit();
            assertEquals(1, exit.stdout().size(), exit.stdout().toString());
        }
    }

    @Test
    void configurationComesFromFileEnvironmentAndTheDirectory(@TempDir Path directory) throws IOException {
        Files.createDirectories(directory.resolve("conf"));
        Files.writeString(directory.resolve("conf/heliograph.yaml"), "limits:\n  capacity: 7\n  rooms: 5\n");
        Files.writeString(directory.resolve("own.yaml"), "limits:\n  rooms: 6\n");
        try (ServerProcess server = ServerProcess.launch(
                directory, Map.of("HELIOGRAPH_CONFIG", "own.yaml", "HELIOGRAPH_LIMITS_RATE", "123"))) {
            int port = server.awaitReady().http();
            try (var clients = new TestClients()) {
                var client = clients.enter(port);
                var limits = client.frames("welcome").get(0).getJsonObject("limits");
                assertEquals(123, limits.getInteger("rate"));
                assertEquals(6, limits.getInteger("rooms"));
                assertEquals(7, client.join("any").getInteger("capacity"));
            }
        }
    }

    @Test
    void aClusterOfOneSaysThatItIsAloneAndServes() {
        int own = TestCluster.freePort();
        int other = TestCluster.freePort();
        try (ServerProcess server = launchMember(own, "127.0.0.1:" + other)) {
            assertEquals(String.valueOf(own), server.awaitReady().cluster());
            server.log()
                    .await(
                            Await.SOON,
                            "a warning",
                            line -> line.contains(" WARN ")
                                    && line.contains("alone")
                                    && line.contains("127.0.0.1:" + other));
            assertEquals(200, server.management().get("/readyz").statusCode());
            try (var clients = new TestClients()) {
                clients.enter(server.ports().http()).join("any");
            }
        }
    }

    @Test
    void aClusterOfAnotherMinorVersionOfHazelcastStopsTheStartWithOneLine() {
        int own = TestCluster.freePort();
        try (OtherHazelcast other = OtherHazelcast.start()) {
            ServerProcess server = launchMember(own, other.address());
            assertOneLine(
                    "another version", server, List.of("cluster: ", "is not compatible with cluster version 5.4"));
        }
    }

    private static ServerProcess launchMember(int port, String other) {
        return ServerProcess.launch(Map.of(
                "HELIOGRAPH_CLUSTER_ENABLED",
                "true",
                "HELIOGRAPH_CLUSTER_PORT",
                String.valueOf(port),
                "HELIOGRAPH_CLUSTER_BUS_PORT",
                "0",
                "HELIOGRAPH_CLUSTER_MEMBERS",
                "127.0.0.1:" + port + "," + other));
    }

    private static void assertOneLine(String what, ServerProcess server, List<String> named) {
        Exit exit = server.awaitExit();
        String written = exit.stderr().toString();
        assertEquals(1, exit.code(), what + ": " + written);
        assertEquals(List.of(), exit.stdout(), what);
        List<String> bad = exit.stderr().stream()
                .filter(line -> !line.contains(" INFO ") && !line.startsWith("NOTE: Picked up"))
                .toList();
        assertEquals(1, bad.size(), what + ": " + written);
        assertTrue(bad.get(0).contains("start failed"), written);
        named.forEach(name -> assertTrue(bad.get(0).contains(name), name + " in " + bad.get(0)));
    }

    private static Arguments mistake(String what, String file, Map<String, String> environment, String... named) {
        return Arguments.of(what, file, environment, List.of(named));
    }

    /** The harness would set the port that Kubernetes sets here. */
    private static Map<String, String> withoutPort(Map<String, String> links) {
        Map<String, String> rest = new HashMap<>(links);
        rest.remove("HELIOGRAPH_HTTP_PORT");
        return rest;
    }
}
