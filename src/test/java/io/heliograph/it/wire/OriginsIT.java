package io.heliograph.it.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connecting to a server that is told from where pages may, by WebSocket and by SockJS. */
class OriginsIT {
    private static final String OURS = "https://app.example.org";
    private static final String FOREIGN = "https://evil.example";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(
                Map.of("HELIOGRAPH_HTTP_ORIGINS", OURS + ",http://localhost:3000", "HELIOGRAPH_LOG_LEVEL", "debug"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://app.example.org\r\n",
                "Origin: https://app.example.org:443\r\n",
                "Origin: HTTPS://App.Example.Org\r\n",
                "origin: http://localhost:3000\r\n",
                ""
            })
    void whoIsOnTheListOrNoBrowserIsLetIn(String header) {
        try (RawClient client = RawClient.open(port()).upgraded(header)) {
            client.enter();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                FOREIGN,
                "http://app.example.org",
                "https://app.example.org:8443",
                "https://app.example.org.evil.example",
                "https://app.example.org@evil.example",
                "https://evil.example/https://app.example.org",
                "http://localhost",
                "null",
                ""
            })
    void whoIsNotIsAnswered403(String origin) {
        String head = upgradeHead("Origin: " + origin + "\r\n");
        assertTrue(head.startsWith("http/1.1 403 "), head);
        assertFalse(head.contains("access-control-allow-origin"), head);
    }

    @Test
    void whoSaysTwoOriginsIsFromBoth() {
        String head = upgradeHead("Origin: " + OURS + "\r\nOrigin: " + FOREIGN + "\r\n");
        assertTrue(head.startsWith("http/1.1 403 "), head);
    }

    @Test
    void aPageOfThisServerIsNotOnTheListByItself() {
        // A name that leads here may be anybody's.
        String head = upgradeHead("Origin: http://127.0.0.1:" + port() + "\r\n");
        assertTrue(head.startsWith("http/1.1 403 "), head);
    }

    @Test
    void theAnswerSaysWhatIsWrongAndTheLogAtDebug() throws Exception {
        HttpResponse<String> answer = send("POST", "000/named/xhr", FOREIGN);
        assertEquals(403, answer.statusCode());
        assertEquals("origin: not allowed: https://evil.example (expected: one of http.origins)\n", answer.body());
        assertFalse(server.log()
                .all(line -> line.contains(" DEBUG ") && line.contains("origin refused origin=" + FOREIGN))
                .isEmpty());
    }

    @Test
    void theAnswerShowsNoMoreOfAnOriginThanAnOperatorNeeds() throws Exception {
        String body =
                send("POST", "000/long/xhr", "https://" + "a".repeat(4_000)).body();
        assertTrue(body.length() < 300, body);
        assertTrue(send("POST", "000/tab/xhr", "https://a\tb").body().contains("https://a\\u0009b "), "a tab");
    }

    @ParameterizedTest
    @CsvSource({
        "GET, info",
        "POST, 000/foreign/xhr",
        "POST, 000/foreign/xhr_streaming",
        "POST, 000/foreign/xhr_send",
        "GET, 000/foreign/eventsource",
        "OPTIONS, 000/foreign/xhr",
        "GET, 000/foreign/websocket",
        "GET, websocket"
    })
    void nothingOfSockJsIsForForeignPages(String method, String path) throws Exception {
        for (String origin : List.of(FOREIGN, "null")) {
            HttpResponse<String> answer = send(method, path, origin);
            assertEquals(403, answer.statusCode());
            assertTrue(
                    answer.headers().firstValue("access-control-allow-origin").isEmpty());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, info, 200",
        "POST, 000/ours/xhr, 200",
        "POST, 000/none/xhr_send, 404",
        "OPTIONS, 000/ours/xhr, 204"
    })
    void pagesOnTheListMayReadWhatSockJsAnswers(String method, String path, int status) throws Exception {
        HttpResponse<String> answer = send(method, path, OURS);
        assertEquals(status, answer.statusCode());
        assertEquals(List.of(OURS), answer.headers().allValues("access-control-allow-origin"));
        assertEquals(List.of("origin"), answer.headers().allValues("vary"));
    }

    @Test
    void sockJsWithoutAnOriginIsServed() throws Exception {
        HttpRequest request = request("GET", "info").build();
        assertEquals(200, HTTP.send(request, BodyHandlers.ofString()).statusCode());
    }

    @Test
    void theLibraryMayBeImportedFromAnywhere() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/heliograph.js"))
                .header("Origin", FOREIGN)
                .build();
        HttpResponse<String> library = HTTP.send(request, BodyHandlers.ofString());
        assertEquals(200, library.statusCode());
        assertEquals(List.of("*"), library.headers().allValues("access-control-allow-origin"));
    }

    private static String upgradeHead(String headers) {
        try (RawClient client = RawClient.open(port())) {
            return client.requestUpgrade(headers).toLowerCase(Locale.ROOT);
        }
    }

    private static HttpResponse<String> send(String method, String path, String origin)
            throws IOException, InterruptedException {
        return HTTP.send(request(method, path).header("Origin", origin).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder request(String method, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/v1/sockjs/" + path))
                .method(method, BodyPublishers.noBody());
    }

    private static int port() {
        return server.ports().http();
    }
}
