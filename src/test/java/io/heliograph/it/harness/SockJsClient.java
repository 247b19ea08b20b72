package io.heliograph.it.harness;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** Speaks SockJS by long polling, request by request, so that it can also do it wrongly. */
public final class SockJsClient implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration POLL_MAX = Duration.ofSeconds(40);

    private final int port;
    private final String session = UUID.randomUUID().toString();
    private final String path;
    private final Recording<JsonObject> frames = new Recording<>();
    private final Recording<String> beats = new Recording<>();
    private final CompletableFuture<String> over = new CompletableFuture<>();
    private volatile boolean polling = true;
    private volatile CompletableFuture<HttpResponse<String>> poll = new CompletableFuture<>();

    private SockJsClient(int port) {
        this.port = port;
        this.path = "/v1/sockjs/%03d/%s/".formatted(ThreadLocalRandom.current().nextInt(1_000), session);
    }

    /** A session that is open and has said nothing yet; it polls from now on. */
    public static SockJsClient open(int port) {
        SockJsClient client = openOnce(port);
        client.pollOn();
        return client;
    }

    /** The same, but it polls only when told. */
    public static SockJsClient openOnce(int port) {
        return Await.soon(openSoon(port), "open");
    }

    /** The same without waiting for it; fails where it is refused. */
    static CompletableFuture<SockJsClient> openSoon(int port) {
        SockJsClient client = new SockJsClient(port);
        return client.poll().thenApply(answer -> {
            if (!answer.body().equals("o\n")) {
                throw new AssertionError("not open: " + answer.body());
            }
            return client;
        });
    }

    /** What it calls itself in the path. */
    public String session() {
        return session;
    }

    /** Says hello and answers the peer id. */
    public String enter() {
        send("{\"type\":\"hello\"}");
        return await("welcome", welcome -> true).getString("peer");
    }

    /** Enters, and joins a room. */
    public String enter(String room) {
        String peer = enter();
        send(TestClient.joining(room).encode());
        await("joined", joined -> room.equals(joined.getString("room")));
        return peer;
    }

    /** Sends messages in one request and fails if it is not taken. */
    public void send(String... messages) {
        int status = upload(new JsonArray(List.of(messages)).encode());
        if (status != 204) {
            throw new AssertionError("xhr_send: " + status);
        }
    }

    /** Sends a body as it is, and answers the status. */
    public int upload(String body) {
        return Await.soon(uploadSoon(body.getBytes(StandardCharsets.UTF_8)), "answer to xhr_send")
                .statusCode();
    }

    public CompletableFuture<HttpResponse<String>> uploadSoon(byte[] body) {
        return request("POST", "xhr_send", body);
    }

    /** One request that waits for what the server has to say. */
    public CompletableFuture<HttpResponse<String>> poll() {
        return request("POST", "xhr", new byte[0]);
    }

    public CompletableFuture<HttpResponse<String>> request(String method, String transport, byte[] body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path + transport))
                .timeout(POLL_MAX)
                .header("Origin", "http://elsewhere.example.org")
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
                .build();
        return HTTP.sendAsync(request, BodyHandlers.ofString());
    }

    /** Waits for a frame of this type that is as wanted; one that came earlier counts. */
    public JsonObject await(String type, Predicate<JsonObject> wanted) {
        return frames.await(
                Await.SOON,
                type + " for " + session,
                frame -> type.equals(frame.getString("type")) && wanted.test(frame));
    }

    /** The code of the close frame. */
    public int awaitClose() {
        return await("close", close -> true).getInteger("code");
    }

    public Recording<JsonObject> frames() {
        return frames;
    }

    /** Each {@code h} that came. */
    public Recording<String> beats() {
        return beats;
    }

    /** Completes with what ended the polling. */
    public CompletableFuture<String> over() {
        return over;
    }

    /** Polls until the session is over. */
    public void pollOn() {
        poll = poll();
        var unused = poll.whenComplete((answer, failure) -> {
            if (failure != null || answer.statusCode() != 200) {
                over.complete(failure == null ? String.valueOf(answer.statusCode()) : failure.toString());
                return;
            }
            answer.body().lines().forEach(this::take);
            if (polling) {
                pollOn();
            }
        });
    }

    /** Breaks off its poll, as a page does that is gone. */
    @Override
    public void close() {
        polling = false;
        poll.cancel(true);
    }

    private void take(String frame) {
        switch (frame.charAt(0)) {
            case 'a' ->
                new JsonArray(frame.substring(1))
                        .forEach(text -> frames.add(new JsonObject(Objects.requireNonNull((String) text))));
            case 'h' -> beats.add(frame);
            default -> {
                polling = false;
                over.complete(frame);
            }
        }
    }
}
