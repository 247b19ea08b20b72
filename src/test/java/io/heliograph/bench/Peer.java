package io.heliograph.bench;

import io.vertx.core.Future;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A client that keeps nothing of what it receives. */
final class Peer {
    private final WebSocket socket;
    private final String id;

    private Peer(WebSocket socket, String id) {
        this.socket = socket;
        this.id = id;
    }

    /** Connects and says hello; {@code received} is given what comes after {@code welcome}, on the client's event loop. */
    static Future<Peer> enter(WebSocketClient client, int port, Consumer<String> received) {
        return client.connect(port, "127.0.0.1", "/v1/ws").compose(socket -> {
            CompletableFuture<String> welcome = new CompletableFuture<>();
            socket.exceptionHandler(failure -> {});
            socket.textMessageHandler(text -> {
                if (welcome.isDone()) {
                    received.accept(text);
                } else {
                    welcome.complete(new JsonObject(text).getString("peer"));
                }
            });
            return socket.writeTextMessage("{\"type\":\"hello\"}")
                    .compose(sent -> Future.fromCompletionStage(welcome))
                    .map(id -> new Peer(socket, id));
        });
    }

    String id() {
        return id;
    }

    void send(String frame) {
        var unused = socket.writeTextMessage(frame);
    }

    /** Has {@code action} run, on the client's event loop, when the connection ends, whoever ends it. */
    void onEnd(Runnable action) {
        socket.closeHandler(closed -> action.run());
    }

    /** Reads nothing any more, so that the sockets on the way fill up. */
    void stopReading() {
        socket.pause();
    }

    /** Throws away what it did not read, and is gone. */
    void leave() {
        socket.resume();
        var unused = socket.close();
    }
}
