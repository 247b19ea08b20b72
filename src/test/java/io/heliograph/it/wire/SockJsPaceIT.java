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
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What happens to SockJS clients that are too fast, too slow, too quiet or gone. */
class SockJsPaceIT {
    private static final String ROOM = "paced";
    private static final String PING = "{\"type\":\"ping\"}";

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeEach
    void open() {
        clients = new TestClients();
    }

    @AfterEach
    void close() {
        clients.close();
    }

    @Test
    void whoPollsAndSaysNothingIsDroppedAndWhoPingsIsNot() {
        try (ServerProcess server = start(Map.of("HELIOGRAPH_SESSION_HEARTBEAT", "1000"))) {
            TestClient witness = witness(server);
            SockJsClient silent = SockJsClient.open(server.ports().http());
            SockJsClient pinging = SockJsClient.open(server.ports().http());
            String pinged = pinging.enter(ROOM);
            String peer = silent.enter(ROOM);
            long began = System.nanoTime();
            Await.throughout(Duration.ofSeconds(5), () -> {
                pinging.send(PING);
                return witness.frames("peer-left").stream()
                        .filter(left -> pinged.equals(left.getString("peer")))
                        .map(JsonObject::encode)
                        .findFirst();
            });
            assertEquals("lost", reasonFor(witness, peer));
            assertEquals("c[3000,\"Go away!\"]", Await.soon(silent.over(), "end of the polling"));
            long lost = witness.frames()
                    .first(frame -> frame.type().equals("peer-left"))
                    .join()
                    .nanos();
            long millis = (lost - began) / 1_000_000;
            assertTrue(millis >= 1_900 && millis < 4_500, "after " + millis + " ms");
            assertTrue(silent.beats().all().size() >= 1, "no h");
            assertTrue(silent.frames()
                    .all(frame -> "close".equals(frame.getString("type")))
                    .isEmpty());
            pinging.send("{\"type\":\"close\"}");
        }
    }

    @Test
    void whoseStreamBreaksIsLostSoon() {
        try (ServerProcess server = start(Map.of("HELIOGRAPH_INSTANCES", "3"))) {
            TestClient witness = witness(server);
            for (int i = 0; i < 6; i++) {
                String session = "broken-" + i;
                RawClient stream = stream(server, session);
                String peer = enter(server, session, witness, i);
                long began = System.nanoTime();
                stream.close();
                assertEquals("lost", reasonFor(witness, peer));
                long millis = (System.nanoTime() - began) / 1_000_000;
                assertTrue(millis < 4_000, "after " + millis + " ms");
            }
        }
    }

    @Test
    void theCloseFrameCountsWhereTheBrokenStreamIsNoticedFirst() {
        try (ServerProcess server = start(Map.of())) {
            TestClient witness = witness(server);
            RawClient stream = stream(server, "leaving");
            String peer = enter(server, "leaving", witness, 0);
            stream.close();
            upload(server, "leaving", "{\"type\":\"close\",\"code\":1001}");
            assertEquals("left", reasonFor(witness, peer));
        }
    }

    @Test
    void whoStopsPollingIsLost() {
        try (ServerProcess server = start(Map.of())) {
            TestClient witness = witness(server);
            SockJsClient client = SockJsClient.openOnce(server.ports().http());
            client.send("{\"type\":\"hello\"}", TestClient.joining(ROOM).encode());
            String peer = witness.await("peer-joined", joined -> true).getString("peer");
            assertEquals("lost", reasonFor(witness, peer));
        }
    }

    @Test
    void whoDoesNotFetchWhatWaitsIsClosedAtTheSameBoundAsOverWebSocket() {
        try (ServerProcess server = ServerProcess.startUnpaced(Map.of("HELIOGRAPH_SESSION_WINDOW", "0"))) {
            TestClient witness = witness(server);
            SockJsClient slow = SockJsClient.openOnce(server.ports().http());
            slow.send("{\"type\":\"hello\"}", TestClient.joining(ROOM).encode());
            String peer = witness.await("peer-joined", joined -> true).getString("peer");
            String text = "x".repeat(60_000);
            int sent = 0;
            while (witness.frames("peer-left").isEmpty() && sent < 200) {
                witness.ask(TestClient.message("room", ROOM, text));
                sent++;
            }
            assertEquals("lost", reasonFor(witness, peer));
            assertEquals(1.0, server.management().metrics().get("heliograph_closes_total{code=\"1013\"}"));
            slow.pollOn();
            assertEquals(1013, slow.awaitClose());
            int bound = (4 << 20) / 60_000;
            assertTrue(sent >= bound && sent < bound + 10, "closed after " + sent + " messages");
        }
    }

    @Test
    void aBurstAboveTheBucketIsDelayedAndNotLostAndMoreThanAFewRequestsAreNotKept() {
        int rate = 20;
        try (ServerProcess server = start(Map.of("HELIOGRAPH_LIMITS_RATE", String.valueOf(rate)))) {
            TestClient receiver = clients.enter(server.ports().http());
            SockJsClient sender = SockJsClient.open(server.ports().http());
            sender.enter();
            int count = 10 * rate + 3 * rate;
            long began = System.nanoTime();
            sender.send(messages(receiver, 0, count));
            List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                held.add(sender.uploadSoon("[]".getBytes(StandardCharsets.UTF_8)));
            }
            List<Integer> statuses = held.stream()
                    .map(answer -> Await.soon(answer, "answer").statusCode())
                    .sorted()
                    .toList();
            assertEquals(List.of(204, 204, 204, 204, 429, 429), statuses);
            receiver.await("message", message -> message.getInteger("data") == count - 1);
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis > 2_000 && millis < 8_000, "all took " + millis + " ms");
            assertEquals(
                    IntStream.range(0, count).boxed().toList(),
                    receiver.frames("message").stream()
                            .map(message -> message.getInteger("data"))
                            .toList());
            sender.send("{\"type\":\"close\"}");
        }
    }

    @Test
    void aBodyWithoutEndIsNotTaken() {
        try (ServerProcess server = start(Map.of())) {
            SockJsClient client = SockJsClient.open(server.ports().http());
            client.enter();
            try (RawClient endless = RawClient.open(server.ports().http())) {
                endless.write(("POST /v1/sockjs/000/" + client.session() + "/xhr_send HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                + "Content-Length: 1000000000\r\n\r\n[\"")
                        .getBytes(StandardCharsets.US_ASCII));
                byte[] part = "x".repeat(65_536).getBytes(StandardCharsets.US_ASCII);
                int parts = 0;
                try {
                    while (parts < 1_000) {
                        endless.write(part);
                        parts++;
                    }
                } catch (UncheckedIOException cut) {
                    // That is what is wanted, as early as it comes.
                }
                assertTrue(parts < 500, parts + " parts");
                assertEquals(1009, client.awaitClose());
            }
        }
    }

    @Test
    void aServerThatStopsSays1012() {
        try (ServerProcess server = start(Map.of("HELIOGRAPH_INSTANCES", "2"))) {
            List<SockJsClient> all = IntStream.range(0, 4)
                    .mapToObj(i -> SockJsClient.open(server.ports().http()))
                    .toList();
            all.forEach(SockJsClient::enter);
            server.terminate();
            for (SockJsClient client : all) {
                assertEquals(1012, client.awaitClose());
            }
            assertEquals(143, server.awaitExit().code());
        }
    }

    /** Where nobody is waited for, so that it is seen at once who is gone. */
    private static ServerProcess start(Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(environment);
        all.put("HELIOGRAPH_SESSION_WINDOW", "0");
        return ServerProcess.start(all);
    }

    private TestClient witness(ServerProcess server) {
        TestClient witness = clients.enter(server.ports().http());
        witness.join(ROOM);
        return witness;
    }

    /** A session whose stream is open. */
    private static RawClient stream(ServerProcess server, String session) {
        RawClient stream = RawClient.open(server.ports().http());
        String head = stream.request("POST", "/v1/sockjs/000/" + session + "/xhr_streaming", "Content-Length: 0\r\n");
        assertTrue(head.startsWith("HTTP/1.1 200 "), head);
        return stream;
    }

    /** Lets it join as the next one, and answers its peer id. */
    private static String enter(ServerProcess server, String session, TestClient witness, int before) {
        upload(server, session, "{\"type\":\"hello\"}");
        upload(server, session, TestClient.joining(ROOM).encode());
        Await.until(
                Await.SOON,
                () -> witness.frames("peer-joined").size() > before ? Optional.empty() : Optional.of("not joined"));
        return witness.frames("peer-joined").get(before).getString("peer");
    }

    private static void upload(ServerProcess server, String session, String message) {
        String body = new JsonArray().add(message).encode();
        try (RawClient client = RawClient.open(server.ports().http())) {
            String head = client.request(
                    "POST",
                    "/v1/sockjs/000/" + session + "/xhr_send",
                    "Content-Length: " + body.length() + "\r\n\r\n" + body);
            assertTrue(head.startsWith("HTTP/1.1 204 "), head);
        }
    }

    private static String[] messages(TestClient receiver, int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(number ->
                        TestClient.message("to", receiver.peer(), number).encode())
                .toArray(String[]::new);
    }

    private static String reasonFor(TestClient witness, String peer) {
        return witness.await("peer-left", left -> peer.equals(left.getString("peer")))
                .getString("reason");
    }
}
