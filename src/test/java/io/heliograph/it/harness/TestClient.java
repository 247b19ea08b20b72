package io.heliograph.it.harness;

import io.vertx.core.Future;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A client that speaks the native dialect, records all it receives, and can wait for it. */
public final class TestClient {

    /** A frame as it came. */
    public record Received(JsonObject json, String text, long nanos) {
        public String type() {
            return json.getString("type");
        }

        public boolean isOfRoom() {
            return json.containsKey("room");
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final short UNKNOWN_CLOSE_CODE = 4_999;

    private final ClientWebSocket socket;
    private final Recording<Received> frames = new Recording<>();
    private final CompletableFuture<String> peer = new CompletableFuture<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final AtomicInteger ids = new AtomicInteger();

    private TestClient(ClientWebSocket socket) {
        this.socket = socket;
        socket.textMessageHandler(text -> receive(new Received(new JsonObject(text), text, System.nanoTime())));
        socket.exceptionHandler(failure -> {});
        socket.closeHandler(end -> {
            Short code = socket.closeStatusCode();
            closed.complete(code == null ? 1006 : code.intValue());
        });
    }

    static Future<TestClient> connect(WebSocketClient webSocketClient, int port) {
        TestClient client = new TestClient(webSocketClient.webSocket());
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/v1/ws")
                .addSubProtocol("heliograph.v1");
        return client.socket.connect(options).map(connected -> client);
    }

    /** The id that {@code welcome} gave. */
    public String peer() {
        return Await.soon(peer, "welcome");
    }

    /** Sends a frame as it is; the result says that it was written. */
    public Future<Void> send(String frame) {
        return socket.writeTextMessage(frame);
    }

    public Future<Void> send(JsonObject frame) {
        return send(frame.encode());
    }

    /** Sends {@code frame} with an id and waits for its answer. */
    public JsonObject ask(JsonObject frame) {
        return Await.soon(askSoon(frame), "answer to " + frame);
    }

    /** Sends a frame that has only a type, and waits for its answer. */
    public JsonObject ask(String type) {
        return ask(new JsonObject().put("type", type));
    }

    /** The same without waiting. */
    public Future<JsonObject> askSoon(String type) {
        return askSoon(new JsonObject().put("type", type));
    }

    /** The same without waiting. */
    public Future<JsonObject> askSoon(JsonObject frame) {
        String id = "i" + ids.incrementAndGet();
        return send(frame.copy().put("id", id))
                .compose(sent ->
                        Future.fromCompletionStage(frames.first(received -> id.equals(received.json.getString("re")))))
                .map(Received::json);
    }

    /** Asks again while the answer is {@code unavailable}, as while a cluster comes together, up to {@code tries} times. */
    Future<JsonObject> askPatiently(JsonObject frame, int tries) {
        return askSoon(frame)
                .compose(answer -> tries > 1 && "unavailable".equals(answer.getString("code"))
                        ? askPatiently(frame, tries - 1)
                        : Future.succeededFuture(answer));
    }

    /** Joins, and fails if that does not succeed. */
    public JsonObject join(String room) {
        JsonObject answer = ask(joining(room));
        if (!"joined".equals(answer.getString("type"))) {
            throw new AssertionError("not joined: " + answer);
        }
        return answer;
    }

    public JsonObject leave(String room) {
        return ask(new JsonObject().put("type", "leave").put("room", room));
    }

    public static JsonObject joining(String room) {
        return new JsonObject().put("type", "join").put("room", room);
    }

    public static JsonObject message(String addressField, String address, Object data) {
        return new JsonObject()
                .put("type", "message")
                .put(addressField, address)
                .put("data", data);
    }

    /** Waits for a frame of this type that is as wanted; one that came earlier counts. */
    public JsonObject await(String type, Predicate<JsonObject> wanted) {
        return frames.await(
                        Await.SOON,
                        type + " for " + this,
                        received -> received.type().equals(type) && wanted.test(received.json))
                .json;
    }

    /** Everything that came. */
    public Recording<Received> frames() {
        return frames;
    }

    /** Everything of this type that came so far. */
    public List<JsonObject> frames(String type) {
        return frames.all(received -> received.type().equals(type)).stream()
                .map(Received::json)
                .toList();
    }

    /** Returns when everything that the server sent before this moment has come. */
    public void settle() {
        ask("ping");
    }

    /** The close code, 1006 for none, once the connection is closed. */
    public CompletableFuture<Integer> closed() {
        return closed;
    }

    /** Closes with 1000, as a page does that goes away. */
    public Future<Void> close() {
        return socket.close();
    }

    /** Goes without a goodbye: the server takes a close code that it does not know for a broken connection. */
    public Future<Void> vanish() {
        return socket.close(UNKNOWN_CLOSE_CODE);
    }

    private void receive(Received received) {
        if (received.type().equals("welcome")) {
            peer.complete(received.json.getString("peer"));
        }
        frames.add(received);
    }

    @Override
    public String toString() {
        return peer.getNow("a stranger");
    }
}
