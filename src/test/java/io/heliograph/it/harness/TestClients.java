package io.heliograph.it.harness;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Makes clients, and ends those that are left. */
public final class TestClients implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 10_000;
    private static final int MESSAGE_BYTES_MAX = 8 << 20;

    private static final int TRIES = 4;

    /** What their connections are. */
    public enum Transport {
        WEBSOCKET,
        WEBSOCKET_OVER_TLS,
        SOCKJS
    }

    private final Vertx vertx = Vertx.vertx();
    private final Transport transport;
    private final WebSocketClient webSocketClient;
    private final List<TestClient> polling = new CopyOnWriteArrayList<>();

    /** Clients over WebSocket. */
    public TestClients() {
        this(Transport.WEBSOCKET);
    }

    public TestClients(Transport transport) {
        this.transport = transport;
        this.webSocketClient = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setSsl(transport == Transport.WEBSOCKET_OVER_TLS)
                .setTrustAll(true)
                .setVerifyHost(false)
                .setMaxConnections(CONNECTIONS_MAX)
                .setMaxFrameSize(MESSAGE_BYTES_MAX)
                .setMaxMessageSize(MESSAGE_BYTES_MAX));
    }

    /** A client that is connected and has said nothing yet. */
    public TestClient connect(int port) {
        return Await.soon(connectSoon(port), "connection");
    }

    /** The same without waiting for it; fails where it is refused. */
    public Future<TestClient> connectSoon(int port) {
        return transport == Transport.SOCKJS
                ? TestClient.overSockJs(port).onSuccess(polling::add)
                : TestClient.overWebSocket(webSocketClient, port);
    }

    /** A client with a session. */
    public TestClient enter(int port) {
        return Await.soon(enterSoon(port), "welcome");
    }

    /** The same without waiting for it. */
    public Future<TestClient> enterSoon(int port) {
        return enterSoon(port, new JsonObject());
    }

    /** A client that is one of a user's. */
    public TestClient enter(int port, String user) {
        return Await.soon(enterSoon(port, user), "welcome");
    }

    /** The same without waiting for it. */
    public Future<TestClient> enterSoon(int port, String user) {
        return enterSoon(port, new JsonObject().put("user", user));
    }

    /** A client that goes on with the session that {@code session} opens, or has a new one where that opens none. */
    public TestClient resume(int port, String session) {
        return Await.soon(resumeSoon(port, session), "welcome again");
    }

    /** The same without waiting for it. */
    public Future<TestClient> resumeSoon(int port, String session) {
        return enterSoon(port, new JsonObject().put("resume", session));
    }

    /** The same with what is to count where the session is over. */
    public Future<TestClient> enterSoon(int port, JsonObject hello) {
        return connectSoon(port)
                .compose(client -> client.askPatiently(hello.put("type", "hello"), TRIES)
                        .map(answer -> {
                            if (!"welcome".equals(answer.getString("type"))) {
                                throw new AssertionError("not welcome: " + answer);
                            }
                            return client;
                        }));
    }

    /** {@code count} clients, the first on the first of {@code ports}, the second on the second, and around again. */
    public List<TestClient> enter(int count, List<Integer> ports) {
        return enter(count, ports, new JsonObject());
    }

    /** The same, with the fields of {@code hello}. */
    List<TestClient> enter(int count, List<Integer> ports, JsonObject hello) {
        List<Future<TestClient>> entering = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entering.add(enterSoon(ports.get(i % ports.size()), hello.copy()));
        }
        Await.soon(Future.all(entering), "welcome for " + count);
        return entering.stream().map(Future::result).toList();
    }

    @Override
    public void close() {
        polling.stream()
                .filter(client -> !client.closed().isDone())
                .forEach(client -> Await.soon(client.close(), "close frame"));
        Await.soon(vertx.close(), "end of the clients");
    }
}
