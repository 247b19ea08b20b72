package io.heliograph.it.harness;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * One session over one connection after the other, as the protocol page asks of any client: told {@code draining} or closed with
 * 1012 it connects to whichever process takes it, and resumes. It sends nothing twice.
 */
public final class Roamer {
    private static final double DRAIN_SHARE = 0.8;
    private static final int RESTART = 1012;
    private static final int PAUSE_MILLIS = 100;

    private final TestClients clients;
    private final List<Integer> ports;
    private final String peer;
    private final List<TestClient> connections = new CopyOnWriteArrayList<>();
    private final Set<TestClient> left = ConcurrentHashMap.newKeySet();
    private CompletableFuture<TestClient> current;
    private CompletableFuture<Void> sent = CompletableFuture.completedFuture(null);
    /** The last frame that a connection was given. */
    private CompletableFuture<Void> sending = sent;
    /** The last frame that goes over the connection before the current one. */
    private CompletableFuture<Void> sentBefore = sent;

    private Roamer(TestClients clients, List<Integer> ports, TestClient first) {
        this.clients = clients;
        this.ports = List.copyOf(ports);
        this.peer = first.peer();
        this.current = CompletableFuture.completedFuture(first);
    }

    /** Begins a session of {@code user} at {@code port}, which may go on at any of {@code ports}. */
    public static Roamer enter(TestClients clients, int port, List<Integer> ports, String user) {
        TestClient first = clients.enter(port, user);
        Roamer roamer = new Roamer(clients, ports, first);
        roamer.follow(first);
        return roamer;
    }

    public String peer() {
        return peer;
    }

    /** Sends a frame behind those before, over the connection of that moment, or the next one where it is moving. */
    public synchronized void send(JsonObject frame) {
        sent = sent.thenCompose(before -> sendNow(frame));
    }

    private synchronized CompletableFuture<Void> sendNow(JsonObject frame) {
        sending = current.thenCompose(
                client -> client.send(frame).otherwiseEmpty().toCompletionStage());
        return sending;
    }

    /** Sends a request likewise and waits for its answer, which a move meanwhile would take along. */
    public JsonObject ask(JsonObject frame) {
        return Await.soon(askSoon(frame), "answer to " + frame + " for " + this);
    }

    private synchronized CompletableFuture<JsonObject> askSoon(JsonObject frame) {
        return current.thenCompose(
                client -> client.askSoon(frame).toCompletionStage().toCompletableFuture());
    }

    /** All frames of a type that came over any connection, in order. */
    public List<JsonObject> frames(String type) {
        List<JsonObject> all = new ArrayList<>();
        connections.forEach(connection -> all.addAll(connection.frames(type)));
        return all;
    }

    /** The connections that it has had, the last one last. */
    public List<TestClient> connections() {
        return List.copyOf(connections);
    }

    /** Closes with 1000. */
    public synchronized Future<Void> close() {
        return Future.fromCompletionStage(current).compose(TestClient::close);
    }

    private void follow(TestClient connection) {
        connections.add(connection);
        Future.fromCompletionStage(
                        connection.frames().first(frame -> frame.type().equals("draining")))
                .onSuccess(draining -> {
                    int within = draining.json().getInteger("reconnectWithin");
                    after(ThreadLocalRandom.current().nextDouble() * DRAIN_SHARE * within)
                            .execute(() -> leave(connection));
                });
        Future.fromCompletionStage(connection.closed()).onSuccess(code -> {
            if (code == RESTART) {
                leave(connection);
            }
        });
    }

    private void leave(TestClient connection) {
        if (left.add(connection)) {
            seek(connection, new CompletableFuture<>());
        }
    }

    private void seek(TestClient before, CompletableFuture<TestClient> next) {
        int port = ports.get(ThreadLocalRandom.current().nextInt(ports.size()));
        clients.connectSoon(port)
                .onSuccess(connected -> resume(before, connected, next))
                .onFailure(refused -> seekAgain(before, next));
    }

    private void seekAgain(TestClient before, CompletableFuture<TestClient> next) {
        after(PAUSE_MILLIS).execute(() -> seek(before, next));
    }

    private synchronized void resume(TestClient before, TestClient connection, CompletableFuture<TestClient> next) {
        if (current != next) {
            current = next;
            sentBefore = sending;
        }
        Future.fromCompletionStage(connection.closed()).onSuccess(code -> {
            if (connection.frames("welcome").isEmpty()) {
                seekAgain(before, next);
            }
        });
        String session = before.frames("welcome").get(0).getString("session");
        // That takes effect which was sent before; over SockJS, what was answered.
        Future.fromCompletionStage(sentBefore)
                .compose(all ->
                        connection.askSoon(new JsonObject().put("type", "hello").put("resume", session)))
                .onSuccess(welcome -> {
                    if (!peer.equals(welcome.getString("peer"))) {
                        next.completeExceptionally(new AssertionError("not resumed: " + welcome));
                    } else {
                        follow(connection);
                        next.complete(connection);
                    }
                });
    }

    private static Executor after(double millis) {
        return CompletableFuture.delayedExecutor((long) millis, TimeUnit.MILLISECONDS);
    }

    @Override
    public String toString() {
        return peer + " after closes "
                + connections.stream()
                        .flatMap(connection ->
                                Optional.ofNullable(connection.closed().getNow(null)).stream())
                        .toList();
    }
}
