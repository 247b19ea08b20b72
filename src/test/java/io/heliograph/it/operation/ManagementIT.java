package io.heliograph.it.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Management;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes, metrics and the state of a server of two instances. */
class ManagementIT {

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;

    @SuppressWarnings("NullAway.Init")
    private static Map<String, Double> atFirst;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(Map.of("HELIOGRAPH_INSTANCES", "2"));
        atFirst = server.management().metrics();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/state", "/startupz", "/livez", "/readyz", "/drain", "/undrain"})
    void noneOfItIsOnThePublicPort(String path) {
        assertTrue(publicHead("GET", path).startsWith("HTTP/1.1 404 "), path);
        assertTrue(publicHead("POST", path).startsWith("HTTP/1.1 405 "), path);
        assertTrue(publicHead("GET", "/%2e%2e" + path).startsWith("HTTP/1.1 404 "), path);
        assertTrue(publicHead("GET", "/v1/sockjs" + path).startsWith("HTTP/1.1 404 "), path);
        String elsewhere = "http://127.0.0.1:" + server.ports().management() + path;
        assertTrue(publicHead("GET", elsewhere).startsWith("HTTP/1.1 4"), elsewhere);
        assertEquals(
                "serving", server.management().state().getJsonObject("drain").getString("state"));
    }

    @Test
    void browsersAreNotToGuessWhatItIs() {
        for (String path : List.of("/metrics", "/state", "/livez", "/nothing")) {
            assertEquals(
                    List.of("nosniff"),
                    server.management().get(path).headers().allValues("x-content-type-options"),
                    path);
        }
    }

    @Test
    void theProbesAreAnsweredWithTheirChecks() {
        for (String probe : List.of("/startupz", "/livez", "/readyz")) {
            var answer = server.management().get(probe);
            assertEquals(200, answer.statusCode(), probe);
            JsonObject checks = new JsonObject(answer.body()).getJsonObject("checks");
            assertTrue(
                    !checks.isEmpty()
                            && checks.stream()
                                    .allMatch(check -> check.getValue().equals(true)),
                    probe);
        }
    }

    @Test
    void everySeriesIsThereAtZeroFromTheStart() {
        Set<String> expected = new TreeSet<>(Set.of(
                "heliograph_peers{dialect=\"v1\"}",
                "heliograph_rooms",
                "heliograph_connections",
                "heliograph_outbox_bytes",
                "heliograph_outbox_age_seconds",
                "heliograph_draining",
                "heliograph_drain_remaining_peers",
                "heliograph_link_pending",
                "heliograph_link_failures_total",
                "heliograph_roster_repairs_total"));
        for (String type : List.of("offer", "answer", "candidate", "bye", "message")) {
            for (String path : List.of("local", "remote")) {
                expected.add("heliograph_relayed_total{path=\"" + path + "\",type=\"" + type + "\"}");
            }
        }
        for (String path : List.of("local", "remote")) {
            expected.add("heliograph_relay_seconds_count{path=\"" + path + "\"}");
            expected.add("heliograph_relay_seconds_sum{path=\"" + path + "\"}");
            expected.add("heliograph_relay_seconds_bucket{path=\"" + path + "\",le=\"+Inf\"}");
        }
        List.of("joined", "room-full", "already-joined", "too-many", "unavailable")
                .forEach(result -> expected.add("heliograph_joins_total{result=\"" + result + "\"}"));
        List.of("completed", "no-answer", "rejected", "cancelled", "lost")
                .forEach(outcome -> expected.add("heliograph_calls_total{outcome=\"" + outcome + "\"}"));
        List.of("same-node", "other-node", "over", "superseded", "unavailable")
                .forEach(result -> expected.add("heliograph_resumes_total{result=\"" + result + "\"}"));
        List.of(
                        "bad-frame",
                        "bad-request",
                        "unknown-type",
                        "hello-first",
                        "peer-unreachable",
                        "room-full",
                        "already-joined",
                        "not-a-member",
                        "too-many",
                        "unavailable",
                        "internal")
                .forEach(code -> expected.add("heliograph_errors_total{code=\"" + code + "\"}"));
        List.of(1000, 1001, 1002, 1003, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 4003)
                .forEach(code -> expected.add("heliograph_closes_total{code=\"" + code + "\"}"));
        List.of("overflow", "node-lost", "expired", "peer-gone")
                .forEach(reason -> expected.add("heliograph_drops_total{reason=\"" + reason + "\"}"));
        expected.removeAll(atFirst.keySet());
        assertEquals(Set.of(), expected);
        Map<String, Double> counts = new TreeMap<>(atFirst);
        // Nodes talk to each other, and look through the directory, also while nobody is there.
        counts.keySet()
                .removeIf(
                        series -> series.matches(
                                "heliograph_(link|event_loop_lag)_seconds_.*|heliograph_directory_seconds_.*operation=\"list\".*"));
        counts.forEach((series, value) ->
                assertEquals(series.matches("heliograph_(cluster_nodes|.+_info\\{.*)") ? 1.0 : 0.0, value, series));
        String all = server.management().get("/metrics").body();
        assertTrue(all.contains("\njvm_") && all.contains("\nvertx_"), "the series of Vert.x and of the JVM");
    }

    /** What Vert.x, Micrometer or the JVM call theirs may change with their versions. */
    @Test
    void everySeriesOfTheDashboardAndTheAlertsIsThere() throws IOException {
        String queries = Files.readString(Path.of("k8s/components/grafana-dashboard/heliograph.json"))
                + Files.readString(Path.of("k8s/components/prometheus-rules/heliograph.rules.yaml"))
                        .replaceAll("\\w+:heliograph_\\w+:\\w+", "");
        Set<String> names = Pattern.compile("\\b(heliograph|jvm|process|vertx)_[a-z_]+")
                .matcher(queries)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
        String all = "\n" + server.management().get("/metrics").body();
        names.removeIf(name -> all.contains("\n" + name + " ") || all.contains("\n" + name + "{"));
        assertEquals(Set.of(), names);
    }

    @Test
    void whatClientsDoIsCounted() {
        Management management = server.management();
        try (TestClients clients = new TestClients()) {
            List<TestClient> two = clients.enter(2, List.of(server.ports().http()));
            two.forEach(client -> client.join("counted"));
            two.get(0).ask(TestClient.message("to", two.get(1).peer(), 1));
            two.get(0).ask(TestClient.message("to", "nobody", 1));
            two.get(0).ask(TestClient.joining("counted"));
            Map<String, Double> now = management.metrics();
            assertEquals(2.0, now.get("heliograph_peers{dialect=\"v1\"}"));
            assertEquals(1.0, now.get("heliograph_rooms"));
            assertEquals(2.0, now.get("heliograph_joins_total{result=\"joined\"}"));
            assertEquals(1.0, now.get("heliograph_joins_total{result=\"already-joined\"}"));
            assertEquals(1.0, now.get("heliograph_errors_total{code=\"peer-unreachable\"}"));
            assertEquals(1.0, now.get("heliograph_errors_total{code=\"already-joined\"}"));
            // The two share the port: each is on an instance of its own.
            assertEquals(1.0, now.get("heliograph_relayed_total{path=\"remote\",type=\"message\"}"));
            JsonObject state = management.state();
            assertEquals(
                    2,
                    state.getJsonObject("directory").getJsonObject("sessions").size());
            assertEquals(2, state.getJsonArray("nodes").size());
            two.forEach(client -> Await.soon(client.close(), "closed"));
        }
        Await.until(Await.SOON, () -> {
            boolean over = management
                    .metrics()
                    .entrySet()
                    .containsAll(Map.of(
                                    "heliograph_peers{dialect=\"v1\"}", 0.0,
                                    "heliograph_rooms", 0.0,
                                    "heliograph_outbox_bytes", 0.0,
                                    "heliograph_closes_total{code=\"1000\"}", 2.0)
                            .entrySet());
            return over ? Optional.empty() : Optional.of(management.metrics().toString());
        });
    }

    @Test
    void whatIsNotThereIsAnswered404And405() {
        assertEquals(404, server.management().get("/nothing").statusCode());
        assertEquals(404, server.management().get("/").statusCode());
    }

    private static String publicHead(String method, String path) {
        try (RawClient client = RawClient.open(server.ports().http())) {
            return client.request(method, path, "Content-Length: 0\r\n");
        }
    }
}
