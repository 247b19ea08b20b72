package io.heliograph.it.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may see the state of a server and drain it, on a management port that others reach too, and on one that they do not. */
class ApiTokenIT {
    private static final String TOKEN = "3q2-7wAAAAAAhunter2AAAAAAAAAAAAAAAAAAAAAA8=";
    private static final String WRONG = "3q2-7wAAAAAAhunter3AAAAAAAAAAAAAAAAAAAAAA8=";
    private static final List<String> OPEN = List.of("/metrics", "/startupz", "/livez", "/readyz");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "127.0.0.1"})
    void withATokenNobodyGetsThroughWithoutIt(String host) throws Exception {
        try (ServerProcess server =
                ServerProcess.start(Map.of("HELIOGRAPH_MANAGEMENT_HOST", host, "HELIOGRAPH_API_TOKEN", TOKEN))) {
            for (String[] api : new String[][] {{"GET", "/state"}, {"POST", "/drain"}, {"POST", "/undrain"}}) {
                HttpResponse<String> none = ask(server, api[0], api[1], "");
                assertEquals(401, none.statusCode(), api[1]);
                assertEquals(List.of("Bearer"), none.headers().allValues("www-authenticate"));
                assertEquals(
                        "{\"error\":\"authorization: no token (expected: Bearer and the one in api.token)\"}",
                        none.body());
                HttpResponse<String> wrong = ask(server, api[0], api[1], "Bearer " + WRONG);
                assertEquals(401, wrong.statusCode(), api[1]);
                assertEquals(List.of("Bearer"), wrong.headers().allValues("www-authenticate"));
                assertEquals(
                        "{\"error\":\"authorization: wrong token (expected: the one in api.token)\"}", wrong.body());
            }
            HttpResponse<String> head = ask(server, "HEAD", "/state", "");
            assertEquals(401, head.statusCode());
            assertEquals("", head.body());
            HttpResponse<String> state = ask(server, "GET", "/state", "Bearer " + TOKEN);
            assertEquals(200, state.statusCode());
            assertEquals(
                    "serving",
                    new JsonObject(state.body()).getJsonObject("drain").getString("state"));
            assertEquals(202, ask(server, "POST", "/drain", "Bearer " + TOKEN).statusCode());
            assertEquals(200, ask(server, "POST", "/undrain", "Bearer " + TOKEN).statusCode());
            assertOthersAreAsEver(server);
        }
    }

    @Test
    void withoutATokenNobodyGetsThroughWhereOthersReachThePort() throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_MANAGEMENT_HOST", "0.0.0.0"))) {
            for (String[] api : new String[][] {{"GET", "/state"}, {"POST", "/drain"}, {"POST", "/undrain"}}) {
                for (String authorization : new String[] {"", "Bearer " + TOKEN, "Bearer "}) {
                    HttpResponse<String> refused = ask(server, api[0], api[1], authorization);
                    assertEquals(403, refused.statusCode(), api[1]);
                    assertEquals(
                            "{\"error\":\"api.token: not set (expected: a token, since management.host is no loopback"
                                    + " address)\"}",
                            refused.body());
                }
            }
            assertOthersAreAsEver(server);
            server.log().await(Await.SOON, "what is logged last of a start", line -> line.contains(" started "));
            List<String> said = server.log().all(line -> line.contains("api.token"));
            assertEquals(1, said.size(), said.toString());
            assertTrue(
                    said.get(0).contains(" INFO ")
                            && said.get(0).endsWith("server api closed host=0.0.0.0 missing=api.token"),
                    said.get(0));
        }
    }

    @Test
    void withoutATokenWhoIsOnThisMachineGetsThrough() throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of())) {
            assertEquals(200, ask(server, "GET", "/state", "").statusCode());
            assertEquals(202, ask(server, "POST", "/drain", "").statusCode());
            assertEquals(200, ask(server, "POST", "/undrain", "").statusCode());
            server.log().await(Await.SOON, "what is logged last of a start", line -> line.contains(" started "));
            assertEquals(List.of(), server.log().all(line -> line.contains("api.token")));
        }
    }

    @Test
    void nothingSaysTheTokenNorWhatWasTakenForIt() throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of(
                "HELIOGRAPH_MANAGEMENT_HOST", "0.0.0.0",
                "HELIOGRAPH_API_TOKEN", TOKEN,
                "HELIOGRAPH_LOG_LEVEL", "debug"))) {
            assertEquals(401, ask(server, "GET", "/state", "Bearer " + WRONG).statusCode());
            String state = ask(server, "GET", "/state", "Bearer " + TOKEN).body();
            String metrics = ask(server, "GET", "/metrics", "").body();
            assertFalse(state.contains("hunter") || metrics.contains("hunter"));
            server.terminate();
            List<String> said = server.awaitExit().stderr();
            assertEquals(
                    List.of(),
                    said.stream().filter(line -> line.contains("hunter")).toList());
            List<String> refused = said.stream()
                    .filter(line -> line.contains("server api refused"))
                    .toList();
            assertEquals(1, refused.size(), refused.toString());
            assertTrue(
                    refused.get(0).contains(" DEBUG ") && refused.get(0).contains("path=/state from=127.0.0.1:"),
                    refused.get(0));
        }
    }

    /** The public port never answers so. */
    @Test
    void aRefusalIsCountedByVertx() throws Exception {
        try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_API_TOKEN", TOKEN))) {
            assertEquals(401, ask(server, "POST", "/drain", "").statusCode());
            Await.until(Await.SOON, () -> {
                String metrics = server.management().get("/metrics").body();
                return metrics.contains("\nvertx_http_server_requests_total{code=\"401\"} 1.0")
                        ? Optional.empty()
                        : Optional.of(metrics);
            });
        }
    }

    private static void assertOthersAreAsEver(ServerProcess server) throws Exception {
        for (String path : OPEN) {
            assertEquals(200, ask(server, "GET", path, "").statusCode(), path);
        }
        assertEquals(405, ask(server, "GET", "/drain", "").statusCode());
        assertEquals(405, ask(server, "POST", "/state", "").statusCode());
        assertEquals(404, ask(server, "GET", "/nothing", "").statusCode());
        try (RawClient client = RawClient.open(server.ports().http())) {
            assertTrue(client.request("GET", "/state", "").startsWith("HTTP/1.1 404 "), "on the public port");
        }
    }

    private static HttpResponse<String> ask(ServerProcess server, String method, String path, String authorization)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.ports().management() + path))
                .method(method, BodyPublishers.noBody());
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }
}
