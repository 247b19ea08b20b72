package io.heliograph.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Settings;
import io.heliograph.routing.Health;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {
    private static final String HOST = "127.0.0.1";
    private static final Settings.Api OPEN = new Settings.Api(Optional.empty());

    private final Vertx vertx = Vertx.vertx();
    private final HttpClient client = HttpClient.newHttpClient();
    private final KnownHealth health = new KnownHealth();
    private final ServerDrain drain = new ServerDrain(vertx, new Settings.Drain(60, 60), () -> true);
    private volatile Future<JsonObject> report = Future.succeededFuture(new JsonObject().put("rooms", 1));
    private volatile String scrapeThread = "";
    private int port;

    /** Says what the test says. */
    private static final class KnownHealth implements Health {
        private volatile boolean started = true;
        private volatile boolean ready = true;
        private volatile Future<SortedMap<String, Boolean>> live = Future.succeededFuture(checks(true));

        @Override
        public SortedMap<String, Boolean> started() {
            return checks(started);
        }

        @Override
        public SortedMap<String, Boolean> ready() {
            return checks(ready);
        }

        @Override
        public Future<SortedMap<String, Boolean>> live() {
            return live;
        }
    }

    @BeforeEach
    void open() throws Exception {
        port = await(server(0).start());
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    @Test
    void metricsAreTextForPrometheusMadeOffTheEventLoop() throws Exception {
        var answer = get("/metrics");
        assertEquals(200, answer.statusCode());
        assertEquals("heliograph_peers 1\n", answer.body());
        assertEquals("text/plain; version=0.0.4; charset=utf-8", contentType(answer));
        assertTrue(scrapeThread.startsWith("vert.x-worker-thread"), scrapeThread);
    }

    @Test
    void aProbeSaysWhichCheckFails() throws Exception {
        health.ready = false;
        var failing = get("/readyz");
        assertEquals(503, failing.statusCode());
        assertEquals("{\"status\":\"failing\",\"checks\":{\"one\":true,\"two\":false}}", failing.body());
        assertEquals("application/json; charset=utf-8", contentType(failing));

        health.ready = true;
        var ok = get("/readyz");
        assertEquals(200, ok.statusCode());
        assertEquals("{\"status\":\"ok\",\"checks\":{\"one\":true,\"two\":true}}", ok.body());
    }

    @Test
    void startedOnceIsStartedForever() throws Exception {
        health.started = false;
        assertEquals(503, get("/startupz").statusCode());
        health.started = true;
        assertEquals(200, get("/startupz").statusCode());
        health.started = false;
        assertEquals(200, get("/startupz").statusCode());
    }

    @Test
    void aLoopThatDoesNotTurnIsNotLive() throws Exception {
        assertEquals(200, get("/livez").statusCode());
        health.live = Future.succeededFuture(checks(false));
        assertEquals(503, get("/livez").statusCode());
    }

    @Test
    void theStateIsJson() throws Exception {
        var answer = get("/state");
        assertEquals(200, answer.statusCode());
        assertEquals("{\"rooms\":1}", answer.body());
    }

    @Test
    void aDefectIsAnsweredAndTheServerGoesOn() throws Exception {
        report = Future.failedFuture(new IllegalStateException("broken"));
        health.live = Future.failedFuture(new IllegalStateException("broken"));
        for (var path : new String[] {"/state", "/livez"}) {
            var answer = get(path);
            assertEquals(500, answer.statusCode());
            assertEquals("{\"error\":\"internal\"}", answer.body());
        }
        assertEquals(200, get("/readyz").statusCode());
    }

    @Test
    void aHeadIsAnsweredAsAGetWithoutTheBody() throws Exception {
        for (var path : List.of("/metrics", "/startupz", "/livez", "/readyz", "/state")) {
            var head = client.send(
                    HttpRequest.newBuilder(uri(path))
                            .method("HEAD", BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofString());
            var got = get(path);
            assertEquals(got.statusCode(), head.statusCode(), path);
            assertEquals(
                    got.headers().firstValue("Content-Type"), head.headers().firstValue("Content-Type"));
            assertEquals("", head.body());
        }
    }

    @Test
    void anythingElseIsNotFoundOrNotAllowed() throws Exception {
        assertEquals(404, get("/").statusCode());
        assertEquals("{\"error\":\"not found\"}", get("/metricsx").body());
        for (var wrong : List.of(post("/readyz"), get("/drain"), get("/undrain"))) {
            assertEquals(405, wrong.statusCode());
            assertEquals("{\"error\":\"method not allowed\"}", wrong.body());
        }
        assertFalse(drain.isDraining());
    }

    @Test
    void aDrainIsBegunOnceAndUndone() throws Exception {
        var none = get("/readyz");
        assertEquals("{\"status\":\"ok\",\"checks\":{\"one\":true,\"two\":true}}", none.body());
        for (int i = 0; i < 2; i++) {
            var begun = post("/drain");
            assertEquals(202, begun.statusCode());
            assertEquals(
                    "{\"state\":\"announced\",\"connections\":0,\"peers\":0,\"asked\":0,\"secondsLeft\":120}",
                    begun.body());
        }
        var drained = new JsonObject(get("/readyz").body()).getJsonObject("drain");
        assertEquals("announced", drained.getString("state"));
        for (int i = 0; i < 2; i++) {
            var undone = post("/undrain");
            assertEquals(200, undone.statusCode());
            assertEquals("serving", new JsonObject(undone.body()).getString("state"));
        }
        assertEquals(none.body(), get("/readyz").body());
    }

    @Test
    void aProcessThatStopsCannotBeUndrained() throws Exception {
        var over = drain.finish();
        var refused = post("/undrain");
        assertEquals(409, refused.statusCode());
        assertEquals("{\"error\":\"the process stops\"}", refused.body());
        assertEquals(202, post("/drain").statusCode());
        assertFalse(over.isComplete());
    }

    @Test
    void noPageCanDrain() throws Exception {
        for (var path : List.of("/drain", "/undrain")) {
            var fromPage = client.send(
                    HttpRequest.newBuilder(uri(path))
                            .POST(BodyPublishers.noBody())
                            .header("Origin", "https://example.org")
                            .build(),
                    BodyHandlers.ofString());
            assertEquals(403, fromPage.statusCode());
            assertEquals("{\"error\":\"forbidden\"}", fromPage.body());
        }
        assertFalse(drain.isDraining());
    }

    @Test
    void aPathWithBrokenEscapesIsABadRequest() throws Exception {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            var request = "GET /%zz HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(answer.startsWith("HTTP/1.1 400 "), answer);
            assertTrue(answer.endsWith("{\"error\":\"bad request\"}"), answer);
        }
    }

    @Test
    void aPortInUseIsOneClearLine() {
        assertEquals(
                "management.port: " + port + " (expected: a free port; address already in use)", failure(server(port)));
    }

    @Test
    void anAddressOfAnotherMachineIsOneClearLine() {
        var failure = failure(new ManagementServer(
                vertx, new Settings.Management("192.0.2.1", 0), OPEN, health, () -> report, drain, this::scrape));
        assertTrue(failure.startsWith("management.host: 192.0.2.1 (expected: an address of this machine; "), failure);
        assertEquals(1, failure.lines().count());
    }

    private ManagementServer server(int serverPort) {
        return new ManagementServer(
                vertx, new Settings.Management(HOST, serverPort), OPEN, health, () -> report, drain, this::scrape);
    }

    private String scrape() {
        scrapeThread = Thread.currentThread().getName();
        return "heliograph_peers 1\n";
    }

    private static String failure(ManagementServer server) {
        var failed = assertThrows(ExecutionException.class, () -> await(server.start()));
        return String.valueOf(
                assertInstanceOf(ListenFailure.class, failed.getCause()).getMessage());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody()).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://" + HOST + ":" + port + path);
    }

    private static String contentType(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("none");
    }

    private static SortedMap<String, Boolean> checks(boolean second) {
        return new TreeMap<>(Map.of("one", true, "two", second));
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
