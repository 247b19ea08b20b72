package io.heliograph.it.harness;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.internal.http.WebSocketInternal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A client that speaks the native dialect over one connection, records all it receives, and can wait for it. */
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

    /** The connection. */
    interface Wire {
        /** Completes when the frame was written. */
        Future<Void> send(String frame);

        /** Ends it as a page does that goes away. */
        Future<Void> close();

        /** Breaks it off without a word. */
        Future<Void> cut();
    }

    private final Wire wire;
    private final Recording<Received> frames = new Recording<>();
    private final CompletableFuture<JsonObject> welcome = new CompletableFuture<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final AtomicInteger ids = new AtomicInteger();

    private TestClient(Wire wire) {
        this.wire = wire;
    }

    static Future<TestClient> overWebSocket(WebSocketClient webSocketClient, int port) {
        ClientWebSocket socket = webSocketClient.webSocket();
        TestClient client = new TestClient(new WebSocketWire(socket));
        socket.textMessageHandler(client::receive);
        socket.exceptionHandler(failure -> {});
        socket.closeHandler(end -> {
            Short code = socket.closeStatusCode();
            client.closed.complete(code == null ? 1006 : code.intValue());
        });
        WebSocketConnectOptions options = new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/v1/ws")
                .addSubProtocol("heliograph.v1");
        return socket.connect(options).map(connected -> client);
    }

    static Future<TestClient> overSockJs(int port) {
        return Future.fromCompletionStage(SockJsClient.openSoon(port)).map(sockJs -> {
            TestClient client = new TestClient(new SockJsWire(sockJs));
            sockJs.frames().follow(frame -> client.receive(frame.encode()));
            var unused = sockJs.over().thenAccept(over -> client.closed.complete(1006));
            sockJs.pollOn();
            return client;
        });
    }

    /** The id that {@code welcome} gave. */
    public String peer() {
        return welcome().getString("peer");
    }

    /** The frame with which its session began, or goes on. */
    public JsonObject welcome() {
        return Await.soon(welcome, "welcome");
    }

    /** With what the session may be resumed. */
    public String session() {
        return welcome().getString("session");
    }

    /** Sends a frame as it is; the result says that it was written. */
    public Future<Void> send(String frame) {
        return wire.send(frame);
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

    /** A frame with one field. */
    public static JsonObject with(String type, String field, Object value) {
        return new JsonObject().put("type", type).put(field, value);
    }

    /** Has {@code client} ask, and demands that it is answered {@code ok}. */
    public static void askFor(TestClient client, JsonObject request) {
        JsonObject answer = client.ask(request);
        if (!"ok".equals(answer.getString("type"))) {
            throw new AssertionError(request + " got " + answer);
        }
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
        return wire.close();
    }

    /** Breaks its connection off without a word, as a network does that fails. */
    public Future<Void> cut() {
        return wire.cut();
    }

    private void receive(String text) {
        Received received = new Received(new JsonObject(text), text, System.nanoTime());
        if (received.type().equals("welcome")) {
            welcome.complete(received.json);
        } else if (received.type().equals("close")) {
            closed.complete(received.json.getInteger("code"));
        }
        frames.add(received);
    }

    @Override
    public String toString() {
        return welcome.isDone() ? peer() : "a stranger";
    }

    private record WebSocketWire(ClientWebSocket socket) implements Wire {
        @Override
        public Future<Void> send(String frame) {
            return socket.writeTextMessage(frame);
        }

        @Override
        public Future<Void> close() {
            return socket.close();
        }

        @Override
        public Future<Void> cut() {
            Promise<Void> cut = Promise.promise();
            ((WebSocketInternal) socket).channelHandlerContext().close().addListener(closed -> cut.complete());
            return cut.future();
        }
    }

    /** One request at a time, so that the order is kept. */
    private static final class SockJsWire implements Wire {
        private final SockJsClient client;
        private CompletableFuture<?> last = CompletableFuture.completedFuture(null);

        SockJsWire(SockJsClient client) {
            this.client = client;
        }

        @Override
        public synchronized Future<Void> send(String frame) {
            byte[] body = new JsonArray().add(frame).encode().getBytes(StandardCharsets.UTF_8);
            CompletableFuture<Void> sent =
                    last.thenCompose(before -> client.uploadSoon(body)).thenApply(answer -> null);
            last = sent.exceptionally(failure -> null);
            return Future.fromCompletionStage(sent);
        }

        @Override
        public Future<Void> close() {
            return send("{\"type\":\"close\"}");
        }

        @Override
        public Future<Void> cut() {
            client.close();
            return Future.succeededFuture();
        }
    }
}
