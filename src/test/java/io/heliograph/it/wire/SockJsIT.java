package io.heliograph.it.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.SockJsClient;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The same frames over SockJS, on a server whose three instances each get a part of a session's requests. */
class SockJsIT {
    private static final int INSTANCES = 3;
    private static final int LIMIT = 65_536;
    private static final String ROOM = "without-websocket";
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;

    @SuppressWarnings("NullAway.Init")
    private static TestClients clients;

    @BeforeAll
    static void start() {
        server = ServerProcess.startUnpaced(
                Map.of("HELIOGRAPH_INSTANCES", String.valueOf(INSTANCES), "HELIOGRAPH_SESSION_WINDOW", "0"));
        clients = new TestClients();
    }

    @AfterAll
    static void stop() {
        clients.close();
        server.close();
    }

    @Test
    void peersOverBothTransportsSeeEachOtherAndOrderHoldsBothWays() {
        TestClient webSocket = witness();
        SockJsClient sockJs = SockJsClient.open(port());
        String peer = sockJs.enter(ROOM);
        webSocket.await("peer-joined", joined -> peer.equals(joined.getString("peer")));
        int count = 1_000;
        for (int i = 0; i < count; i += 10) {
            sockJs.send(IntStream.range(i, i + 10)
                    .mapToObj(number ->
                            TestClient.message("to", webSocket.peer(), number).encode())
                    .toArray(String[]::new));
            for (int j = i; j < i + 10; j++) {
                webSocket.send(TestClient.message("to", peer, j));
            }
        }
        webSocket.await("message", message -> message.getInteger("data") == count - 1);
        sockJs.await("message", message -> message.getInteger("data") == count - 1);
        List<Integer> all = IntStream.range(0, count).boxed().toList();
        assertEquals(all, numbers(webSocket.frames("message")));
        assertEquals(all, numbers(sockJs.frames().all(frame -> "message".equals(frame.getString("type")))));
        sockJs.send("{\"type\":\"close\",\"code\":1000}");
        assertEquals("left", reasonFor(webSocket, peer));
        webSocket.close();
    }

    @Test
    void manySessionsAtOnceReachEachOtherAndEachLivesOnOneNode() {
        int count = 40;
        List<SockJsClient> sessions = IntStream.range(0, count)
                .parallel()
                .mapToObj(i -> SockJsClient.open(port()))
                .toList();
        List<String> peers = sessions.stream().map(one -> one.enter("many")).toList();
        for (SockJsClient one : sessions) {
            one.send(TestClient.message("room", "many", one.session()).encode());
        }
        for (SockJsClient one : sessions) {
            for (SockJsClient other : sessions) {
                if (one != other) {
                    one.await(
                            "message",
                            message -> other.session().equals(message.getString("data"))
                                    && peers.get(sessions.indexOf(other)).equals(message.getString("from")));
                }
            }
        }
        List<List<String>> byNode = new ArrayList<>(List.of(List.of(), List.of(), List.of()));
        for (Object each : server.management().state().getJsonArray("nodes")) {
            JsonObject node = (JsonObject) each;
            int index = Integer.parseInt(node.getString("node").replaceAll(".*\\.", ""));
            byNode.set(
                    index,
                    node.getJsonArray("peers").stream().map(String::valueOf).toList());
        }
        for (int i = 0; i < count; i++) {
            int owner = Math.floorMod(sessions.get(i).session().hashCode(), INSTANCES);
            assertTrue(byNode.get(owner).contains(peers.get(i)), () -> byNode.toString());
        }
        sessions.forEach(one -> one.send("{\"type\":\"close\"}"));
    }

    @Test
    void twoThatOpenTheSameSessionAtOnceGetOnePeerBetweenThem() {
        for (int i = 0; i < 20; i++) {
            SockJsClient client = SockJsClient.openOnce(port());
            CompletableFuture<HttpResponse<String>> one = client.poll();
            CompletableFuture<HttpResponse<String>> two = client.poll();
            Object first = Await.soon(CompletableFuture.anyOf(one, two), "answer to the second poll");
            assertEquals("c[2010,\"Another connection still open\"]\n", ((HttpResponse<?>) first).body());
            client.send("{\"type\":\"close\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"type\":\"close\",\"code\":1000}', left",
        "'{\"type\":\"close\",\"code\":1001}', left",
        "'{\"type\":\"close\"}', left",
        "'{\"type\":\"close\",\"code\":4000}', lost",
        "'{\"type\":\"close\",\"code\":\"1000\"}', lost"
    })
    void theCloseFrameOfAClientEndsTheSessionAtOnce(String frame, String reason) {
        TestClient witness = witness();
        SockJsClient client = SockJsClient.open(port());
        String peer = client.enter(ROOM);
        String last =
                TestClient.message("to", witness.peer(), "said before " + peer).encode();
        client.send(last, frame, last);
        assertEquals(reason, reasonFor(witness, peer));
        assertEquals(1, witness.frames("message").size());
        assertEquals("c[3000,\"Go away!\"]", Await.soon(client.over(), "end of the polling"));
        assertEquals(404, client.upload("[\"{}\"]"));
        witness.close();
    }

    static Stream<Arguments> violations() {
        String message = new JsonArray(List.of("x".repeat(LIMIT + 1))).encode();
        String wide = new JsonArray(List.of("\u20ac".repeat(LIMIT / 3 + 1))).encode();
        String many =
                new JsonArray(IntStream.range(0, 1_001).mapToObj(number -> "{}").toList()).encode();
        return Stream.of(
                Arguments.of("a message over the limit", 1009, bytes(message)),
                Arguments.of("a message over the limit in UTF-8 only", 1009, bytes(wide)),
                Arguments.of("a body over the limit", 1009, bytes("[\"" + "x".repeat(1 << 20) + "\"]")),
                Arguments.of("many small messages over the limit", 1009, bytes(many)),
                Arguments.of("a lone surrogate", 1007, bytes("[\"\\ud800\"]")),
                Arguments.of("no UTF-8", 1007, new byte[] {'[', '"', (byte) 0xff, '"', ']'}));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("violations")
    void aViolationIsAnsweredWithItsCodeAndOthersSeeKicked(String what, int code, byte[] body) {
        TestClient witness = witness();
        SockJsClient client = SockJsClient.open(port());
        String peer = client.enter(ROOM);
        var unused = client.uploadSoon(body);
        assertEquals(code, client.awaitClose(), what);
        assertEquals("kicked", reasonFor(witness, peer));
        witness.close();
    }

    @Test
    void aMessageAtTheLimitPassesHoweverItIsEscaped() {
        SockJsClient client = SockJsClient.open(port());
        client.enter();
        String head = "{\"type\":\"ping\",\"id\":\"whole\",\"x\":\"";
        String whole = head + "a".repeat(LIMIT - head.length() - 2) + "\"}";
        StringBuilder escaped = new StringBuilder("[\"");
        whole.chars().forEach(one -> escaped.append("\\u%04x".formatted(one)));
        assertEquals(204, client.upload(escaped.append("\"]").toString()));
        client.await("pong", pong -> "whole".equals(pong.getString("re")));
        client.send("{\"type\":\"close\"}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|Payload expected.",
                "[|Broken JSON encoding.",
                "{}|Broken JSON encoding.",
                "[\"{}\",1]|Broken JSON encoding.",
                "[[\"{}\"]]|Broken JSON encoding.",
                "[null]|Broken JSON encoding.",
                "[\"{}\"][]|Broken JSON encoding."
            })
    void aBodyThatIsNoArrayOfStringsIsRefusedAndTheSessionGoesOn(String body, String text) {
        SockJsClient client = SockJsClient.open(port());
        client.enter();
        HttpResponse<String> answer = Await.soon(client.uploadSoon(bytes(body)), "answer");
        assertEquals(500, answer.statusCode());
        assertEquals(text, answer.body());
        client.send("{\"type\":\"ping\",\"id\":\"after\"}", "no frame");
        client.await("pong", pong -> "after".equals(pong.getString("re")));
        client.await("error", error -> "bad-frame".equals(error.getString("code")));
        client.send("{\"type\":\"close\"}");
    }

    @Test
    void streamsCarryTheSameFrames() throws Exception {
        for (String transport : new String[] {"xhr_streaming", "eventsource"}) {
            String path = "/v1/sockjs/000/stream-" + transport + "/";
            HttpResponse<InputStream> stream = HTTP.send(
                    to(path + transport)
                            .method(transport.equals("eventsource") ? "GET" : "POST", BodyPublishers.noBody())
                            .build(),
                    BodyHandlers.ofInputStream());
            try (InputStream in = stream.body()) {
                assertEquals(200, stream.statusCode());
                assertEquals(
                        204,
                        send("POST", path + "xhr_send", "[\"{\\\"type\\\":\\\"hello\\\"}\"]")
                                .statusCode());
                StringBuilder read = new StringBuilder();
                while (read.indexOf("welcome") < 0) {
                    read.append((char) in.read());
                }
                assertTrue(read.indexOf("o") < read.indexOf("a[\"{"), read.toString());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, iframe.html, 404",
        "GET, iframe-1.6.1.html, 404",
        "POST, chunking_test, 404",
        "GET, 000/x/jsonp, 404",
        "POST, 000/x/jsonp_send, 404",
        "GET, 000/x/htmlfile, 404",
        "GET, 000/x/websocket, 404",
        "GET, websocket, 404",
        "GET, '', 404",
        "POST, 000/%61/xhr, 404",
        "POST, 000/a.b/xhr, 404",
        "POST, 000/x/xhr?param0=another, 404",
        "POST, 000/unknown/xhr_send, 404",
        "GET, 000/x/xhr, 405",
        "POST, 000/x/eventsource, 405",
        "PUT, info, 405"
    })
    void nothingElseIsServed(String method, String path, int status) throws Exception {
        String body = path.endsWith("xhr_send") ? "[]" : "";
        assertEquals(status, send(method, "/v1/sockjs/" + path, body).statusCode());
    }

    @Test
    void aQueryThatCannotBeReadFindsNothing() {
        for (String transport : List.of("xhr", "xhr_streaming", "xhr_send")) {
            try (RawClient client = RawClient.open(port())) {
                String head =
                        client.request("POST", "/v1/sockjs/000/odd/" + transport + "?a=%zz", "Content-Length: 0\r\n");
                assertTrue(head.startsWith("HTTP/1.1 404 "), head);
            }
        }
        assertEquals(List.of(), server.log().all(line -> line.contains(" ERROR ")));
    }

    @Test
    void anyOriginMayAskAndNoCookieIsSetOrWanted() throws Exception {
        String path = "/v1/sockjs/000/cors/";
        for (HttpResponse<String> answer : List.of(
                send("GET", "/v1/sockjs/info", ""),
                send("POST", path + "xhr", ""),
                send("POST", path + "xhr_send", "[]"),
                send("POST", path + "nothing", ""),
                send("OPTIONS", path + "xhr", ""))) {
            assertEquals(
                    List.of("*"), answer.headers().allValues("access-control-allow-origin"), () -> answer.toString());
            assertTrue(answer.headers()
                    .firstValue("access-control-allow-credentials")
                    .isEmpty());
            assertTrue(answer.headers().firstValue("set-cookie").isEmpty());
        }
        JsonObject info = new JsonObject(send("GET", "/v1/sockjs/info", "").body());
        assertEquals(false, info.getBoolean("websocket"));
        assertEquals(false, info.getBoolean("cookie_needed"));
    }

    private static TestClient witness() {
        TestClient witness = clients.enter(port());
        witness.join(ROOM);
        return witness;
    }

    private static String reasonFor(TestClient witness, String peer) {
        return witness.await("peer-left", left -> peer.equals(left.getString("peer")))
                .getString("reason");
    }

    private static List<Integer> numbers(List<JsonObject> messages) {
        return messages.stream().map(message -> message.getInteger("data")).toList();
    }

    private static HttpResponse<String> send(String method, String path, String body) throws Exception {
        return HTTP.send(to(path).method(method, BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    }

    private static HttpRequest.Builder to(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                .header("Origin", "http://elsewhere.example.org")
                .header("Cookie", "JSESSIONID=a");
    }

    private static int port() {
        return server.ports().http();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
