package io.heliograph.it.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.SockJsClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How many clients a server takes in, from where, and how fast. */
class IntakeIT {
    private static final String ELSEWHERE = "127.0.0.2";

    @Test
    void whoComesToAFullServerIsToldToComeAgain() {
        try (ServerProcess server = server(Map.of("HELIOGRAPH_LIMITS_CONNECTIONS", "2"))) {
            try (Clients clients = new Clients(server)) {
                assertEquals("101", clients.add(""));
                assertEquals("101", clients.add(""));
                refuseWhereFull(server);
            }
            awaitConnections(server, 0);
            assertEquals("101", status(RawClient.open(server.ports().http()), ""));
        }
    }

    private static void refuseWhereFull(ServerProcess server) {
        try (RawClient third = RawClient.open(server.ports().http());
                RawClient fallback = RawClient.open(server.ports().http());
                RawClient page = RawClient.open(server.ports().http())) {
            String head = third.requestUpgrade("").toLowerCase(Locale.ROOT);
            assertTrue(head.startsWith("http/1.1 503 "), head);
            assertTrue(head.contains("\r\nretry-after: 5\r\n"), head);
            assertTrue(third.readEnd(), "still open");
            head = fallback.request("POST", "/v1/sockjs/000/full/xhr", "Content-Length: 0\r\n");
            assertTrue(head.startsWith("HTTP/1.1 503 "), head);
            head = page.request("GET", "/", "");
            assertTrue(head.startsWith("HTTP/1.1 200 "), head);
        }
        assertEquals(2.0, refused(server, "full"));
        assertEquals(2.0, server.management().metrics().get("heliograph_connections"));
        assertFalse(server.log()
                .all(line -> line.contains(" WARN ") && line.contains("limits.connections=2"))
                .isEmpty());
    }

    @Test
    void aSockJsSessionTakesAPlaceUntilItIsOver() {
        try (ServerProcess server = server(Map.of("HELIOGRAPH_LIMITS_CONNECTIONS", "1"))) {
            try (SockJsClient fallback = SockJsClient.open(server.ports().http())) {
                fallback.enter();
                assertEquals("503", status(RawClient.open(server.ports().http()), ""));
            }
            awaitConnections(server, 0);
            assertEquals("101", status(RawClient.open(server.ports().http()), ""));
        }
    }

    @Test
    void oneAddressHasOnlySoMany() {
        try (ServerProcess server = server(Map.of("HELIOGRAPH_LIMITS_ADDRESS", "1"));
                RawClient elsewhere =
                        RawClient.openFrom(ELSEWHERE, server.ports().http())) {
            try (RawClient here = RawClient.upgrade(server.ports().http());
                    RawClient again = RawClient.open(server.ports().http())) {
                here.enter();
                String head = again.requestUpgrade("").toLowerCase(Locale.ROOT);
                assertTrue(head.startsWith("http/1.1 429 "), head);
                assertTrue(head.contains("\r\nretry-after: 5\r\n"), head);
                assertEquals(1.0, refused(server, "address"));
                elsewhere.upgraded("").enter();
            }
            awaitConnections(server, 1);
            assertEquals("101", status(RawClient.open(server.ports().http()), ""));
        }
    }

    @Test
    void theLastAddressThatIsNoProxysCounts() {
        try (ServerProcess server = server(Map.of(
                        "HELIOGRAPH_LIMITS_ADDRESS", "1",
                        "HELIOGRAPH_HTTP_FORWARDED", "x-forwarded-for",
                        "HELIOGRAPH_HTTP_PROXIES", "127.0.0.1,10.0.0.0/8"));
                Clients clients = new Clients(server)) {
            assertEquals("101", clients.add("X-Forwarded-For: 203.0.113.1\r\n"));
            assertEquals("429", clients.add("X-Forwarded-For: 203.0.113.1\r\n"));
            assertEquals("429", clients.add("X-Forwarded-For: 198.51.100.7, 203.0.113.1, 10.1.2.3\r\n"));
            assertEquals("429", clients.add("X-Forwarded-For: 198.51.100.7\r\nX-Forwarded-For: 203.0.113.1:4711\r\n"));
            assertEquals("101", clients.add("X-Forwarded-For: 203.0.113.1, 203.0.113.2\r\n"));
            assertEquals("101", clients.add("X-Forwarded-For: 2001:db8:1:2::1\r\n"));
            assertEquals("429", clients.add("X-Forwarded-For: [2001:db8:1:2:ffff::2]:4711\r\n"));
            assertEquals("101", clients.add("X-Forwarded-For: 2001:db8:1:3::1\r\n"));
            // Of those of whom nothing is said none is another's neighbour.
            assertEquals("101", clients.add(""));
            assertEquals("101", clients.add("X-Forwarded-For: unknown\r\n"));
            assertEquals("101", clients.add("Forwarded: for=203.0.113.1\r\n"));
        }
    }

    @Test
    void whoIsNoProxyIsNotBelieved() {
        try (ServerProcess server = server(Map.of(
                        "HELIOGRAPH_LIMITS_ADDRESS", "1",
                        "HELIOGRAPH_HTTP_FORWARDED", "x-forwarded-for",
                        "HELIOGRAPH_HTTP_PROXIES", "10.0.0.0/8"));
                Clients clients = new Clients(server)) {
            assertEquals("101", clients.add("X-Forwarded-For: 203.0.113.1\r\n"));
            assertEquals("429", clients.add("X-Forwarded-For: 203.0.113.2\r\n"));
        }
    }

    @Test
    void theStandardHeaderSaysItToo() {
        try (ServerProcess server = server(Map.of(
                        "HELIOGRAPH_LIMITS_ADDRESS", "1",
                        "HELIOGRAPH_HTTP_FORWARDED", "forwarded",
                        "HELIOGRAPH_HTTP_PROXIES", "127.0.0.0/8"));
                Clients clients = new Clients(server)) {
            assertEquals("101", clients.add("Forwarded: for=203.0.113.1;proto=https\r\n"));
            assertEquals("429", clients.add("Forwarded: for=198.51.100.7, proto=https;For=\"203.0.113.1:4711\"\r\n"));
            assertEquals("101", clients.add("Forwarded: for=\"[2001:db8::1]:4711\"\r\n"));
            assertEquals("429", clients.add("Forwarded: by=127.0.0.1;for=\"[2001:db8::2]\"\r\n"));
            for (String madeUp : List.of("for=\"", "by=\"x;for=198.51.100.8, for=198.51.100.9", "\\\"")) {
                String both = "Forwarded: " + madeUp + ", for=203.0.113.1;by=\"127.0.0.1:80\"\r\n";
                assertEquals("429", clients.add(both), both);
                String apart = "Forwarded: " + madeUp + "\r\nForwarded: for=203.0.113.1\r\n";
                assertEquals("429", clients.add(apart), apart);
            }
            assertEquals("101", clients.add("Forwarded: for=_hidden\r\n"));
            assertEquals("101", clients.add("X-Forwarded-For: 203.0.113.1\r\n"));
        }
    }

    @Test
    void theProxyProtocolSaysItAtTheBeginning() {
        try (ServerProcess server = server(Map.of(
                        "HELIOGRAPH_LIMITS_ADDRESS", "1",
                        "HELIOGRAPH_HTTP_FORWARDED", "proxy-protocol",
                        "HELIOGRAPH_HTTP_PROXIES", "127.0.0.1"));
                RawClient one = RawClient.open(server.ports().http());
                RawClient neighbour = RawClient.open(server.ports().http());
                RawClient other = RawClient.open(server.ports().http());
                RawClient liar = RawClient.openFrom(ELSEWHERE, server.ports().http())) {
            announce(one, "203.0.113.1");
            one.upgraded("").enter();
            announce(neighbour, "203.0.113.1");
            assertTrue(neighbour.requestUpgrade("").startsWith("HTTP/1.1 429 "), neighbour.head());
            announce(other, "203.0.113.2");
            other.upgraded("").enter();
            announce(liar, "203.0.113.3");
            assertTrue(liar.readEnd(), "taken in");
            assertEquals(1.0, refused(server, "proxy"));
        }
    }

    @Test
    void newConnectionsAreTakenAtAPace() {
        try (ServerProcess server = server(Map.of("HELIOGRAPH_LIMITS_HANDSHAKES", "1"))) {
            List<RawClient> taken = new ArrayList<>();
            String head = "";
            while (!head.startsWith("HTTP/1.1 503 ")) {
                assertTrue(taken.size() < 100, "all of them taken");
                RawClient client = RawClient.open(server.ports().http());
                taken.add(client);
                head = client.requestUpgrade("");
            }
            assertTrue(taken.size() > 10, "only " + taken.size());
            assertTrue(head.toLowerCase(Locale.ROOT).contains("\r\nretry-after: 1\r\n"), head);
            assertEquals(1.0, refused(server, "pace"));
            // Those that are in are not touched.
            taken.get(0).enter();
            Await.until(
                    Await.SOON,
                    () -> Optional.of(status(RawClient.open(server.ports().http()), ""))
                            .filter(status -> !status.equals("101")));
            taken.forEach(RawClient::close);
        }
    }

    @Test
    void whoeverHasGoneMakesRoom() {
        try (ServerProcess server =
                server(Map.of("HELIOGRAPH_LIMITS_CONNECTIONS", "5", "HELIOGRAPH_LIMITS_ADDRESS", "5"))) {
            for (int i = 0; i < 200; i++) {
                try (RawClient client = RawClient.upgrade(server.ports().http())) {
                    client.enter();
                    if (i % 2 == 0) {
                        client.send(RawClient.CLOSE, true, new byte[] {0x03, (byte) 0xe8});
                        assertTrue(client.readEnd(), "still open");
                    }
                }
                awaitConnections(server, 0);
            }
            assertEquals(0.0, refused(server, "full") + refused(server, "address"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 100000\r\n", "Transfer-Encoding: chunked\r\n"})
    void anUpgradeThatIsToHaveABodyTakesNoPlace(String header) {
        try (ServerProcess server = server(Map.of("HELIOGRAPH_LIMITS_CONNECTIONS", "1"));
                Clients clients = new Clients(server)) {
            assertEquals("400", clients.add(header));
            assertEquals("101", clients.add(""));
        }
    }

    @ParameterizedTest
    @CsvSource({"GET, /", "POST, /client.js", "POST, /v1/sockjs/000/endless/xhr", "POST, /v1/sockjs/info"})
    void aBodyThatNobodyWantsIsNotReadOn(String method, String path) {
        try (ServerProcess server = server(Map.of());
                RawClient client = RawClient.open(server.ports().http())) {
            String head = client.request(method, path, "Transfer-Encoding: chunked\r\n");
            assertTrue(head.startsWith("HTTP/1.1 400 "), head);
            assertTrue(client.readEnd(), "more is waited for");
        }
    }

    @Test
    @Execution(ExecutionMode.CONCURRENT)
    void whoAsksForNothingInTimeIsCut() {
        try (ServerProcess server = server(Map.of());
                RawClient client = RawClient.upgrade(server.ports().http());
                RawClient silent = RawClient.open(server.ports().http());
                RawClient slow = RawClient.open(server.ports().http())) {
            client.enter();
            slow.write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.ISO_8859_1));
            assertTrue(silent.readEnd(), "the silent one is still there");
            assertTrue(slow.readEnd(), "the slow one is still there");
            assertEquals(2.0, refused(server, "silent"));
            client.sendText("{\"type\":\"ping\",\"id\":\"1\"}");
            client.readJson(json -> "pong".equals(json.getString("type")));
        }
    }

    /** A tenth more connections are taken than clients, and at least a hundred. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoAsksForNothingMakesRoomForWhoDoes(boolean hasAsked) {
        try (ServerProcess server = server(Map.of("HELIOGRAPH_LIMITS_CONNECTIONS", "2"));
                RawClient client = RawClient.upgrade(server.ports().http())) {
            client.enter();
            List<RawClient> idle = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                RawClient connection = RawClient.open(server.ports().http());
                idle.add(connection);
                if (hasAsked) {
                    assertTrue(connection.request("GET", "/", "").startsWith("HTTP/1.1 200 "), connection.head());
                }
            }
            try (RawClient newcomer = RawClient.upgrade(server.ports().http());
                    RawClient beyond = RawClient.open(server.ports().http())) {
                newcomer.enter();
                assertTrue(beyond.requestUpgrade("").startsWith("HTTP/1.1 503 "), beyond.head());
                client.sendText("{\"type\":\"ping\",\"id\":\"1\"}");
                client.readJson(json -> "pong".equals(json.getString("type")));
            }
            assertTrue(idle.get(0).readEnd(), "the one that is idle longest is still there");
            idle.forEach(RawClient::close);
        }
    }

    @Test
    void whoHasARequestUnderWayMakesNoRoomAndWhoTakesItsTimeToSendOneDoes() {
        try (ServerProcess server = server(Map.of("HELIOGRAPH_LIMITS_CONNECTIONS", "2"));
                RawClient client = RawClient.open(server.ports().http());
                RawClient stream = RawClient.open(server.ports().http());
                RawClient slow = RawClient.open(server.ports().http())) {
            String both = String.join(
                    "\r\n",
                    "HEAD / HTTP/1.1",
                    "Host: 127.0.0.1",
                    "",
                    "GET /v1/ws HTTP/1.1",
                    "Host: 127.0.0.1",
                    "Upgrade: websocket",
                    "Connection: Upgrade",
                    "Sec-WebSocket-Version: 13",
                    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
                    "",
                    "");
            client.write(both.getBytes(StandardCharsets.ISO_8859_1));
            assertTrue(client.readHead().startsWith("HTTP/1.1 200 "));
            assertTrue(client.readHead().startsWith("HTTP/1.1 101 "));
            client.enter();
            String session = "/v1/sockjs/000/slow/";
            assertTrue(stream.request("GET", session + "eventsource", "").startsWith("HTTP/1.1 200 "));
            slow.write(("POST " + session + "xhr_send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\n[")
                    .getBytes(StandardCharsets.ISO_8859_1));
            List<RawClient> idle = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                RawClient connection = RawClient.open(server.ports().http());
                idle.add(connection);
                connection.request("HEAD", "/", "");
            }
            assertTrue(slow.readEnd(), "the one that takes its time is still there");
            client.sendText("{\"type\":\"ping\",\"id\":\"1\"}");
            client.readJson(json -> "pong".equals(json.getString("type")));
            idle.forEach(RawClient::close);
        }
    }

    @Test
    void whoResetsWhileOneRequestWaitsBehindAnotherLeavesNoLine() {
        try (ServerProcess server = server(Map.of())) {
            byte[] both = "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".repeat(2).getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < 500; i++) {
                RawClient client = RawClient.open(server.ports().http());
                client.write(both);
                // At no known moment both have been read and the first is not answered yet: so it is tried at many.
                long moment = System.nanoTime() + i % 40 * 100_000L;
                while (System.nanoTime() < moment) {
                    Thread.onSpinWait();
                }
                client.reset();
            }
            awaitConnections(server, 0);
            server.terminate();
            server.awaitExit();
            assertEquals(List.of(), server.log().all(line -> line.contains(" WARN ") || line.contains(" ERROR ")));
        }
    }

    /** Stay connected until the end. */
    private static final class Clients implements AutoCloseable {
        private final ServerProcess server;
        private final List<RawClient> all = new ArrayList<>();

        Clients(ServerProcess server) {
            this.server = server;
        }

        String add(String header) {
            RawClient client = RawClient.open(server.ports().http());
            all.add(client);
            return client.requestUpgrade(header).substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
        }

        @Override
        public void close() {
            all.forEach(RawClient::close);
        }
    }

    private static ServerProcess server(Map<String, String> environment) {
        return ServerProcess.start(environment);
    }

    private static void announce(RawClient client, String address) {
        client.write(("PROXY TCP4 " + address + " 127.0.0.1 4711 8080\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String status(RawClient client, String header) {
        try (client) {
            return client.requestUpgrade(header).substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length());
        }
    }

    private static double refused(ServerProcess server, String reason) {
        return server.management()
                .metrics()
                .getOrDefault("heliograph_connections_refused_total{reason=\"" + reason + "\"}", -1.0);
    }

    private static void awaitConnections(ServerProcess server, int expected) {
        Await.until(
                Await.SOON,
                () -> Optional.of(
                                "connections: " + server.management().metrics().get("heliograph_connections"))
                        .filter(found -> !found.equals("connections: " + (double) expected)));
    }
}
