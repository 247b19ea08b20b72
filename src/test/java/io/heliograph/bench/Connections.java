package io.heliograph.bench;

import io.heliograph.it.harness.Await;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * So many peers of a server that runs, in rooms of five, who then say nothing for a minute: what do they cost it in memory?
 *
 * <pre>{@code
 * mvn -q test-compile
 * mvn -q exec:java -Dexec.classpathScope=test -Dexec.mainClass=io.heliograph.bench.Connections -Dexec.args="8080 10000"
 * }</pre>
 */
public final class Connections {
    private static final int AT_ONCE = 100;
    private static final int MEMBERS = 5;
    private static final Duration STAY = Duration.ofMinutes(1);

    private Connections() {}

    /**
     * Connects, says when all are in, and leaves after a minute.
     *
     * @param arguments the server's port on this machine, and how many peers
     */
    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        int count = Integer.parseInt(arguments[1]);
        Vertx vertx = Vertx.vertx();
        try {
            stay(vertx, port, count);
        } finally {
            Await.soon(vertx.close(), "end");
        }
    }

    private static void stay(Vertx vertx, int port, int count) {
        WebSocketClient client = vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(count));
        List<Peer> peers = new ArrayList<>();
        while (peers.size() < count) {
            List<Future<Peer>> entering = new ArrayList<>();
            for (int i = peers.size(); i < Math.min(count, peers.size() + AT_ONCE); i++) {
                entering.add(Peer.enter(client, port, frame -> {}));
            }
            Await.soon(Future.all(entering), "peers");
            for (Future<Peer> entered : entering) {
                entered.result().send("{\"type\":\"join\",\"room\":\"room" + peers.size() / MEMBERS + "\"}");
                peers.add(entered.result());
            }
        }
        System.out.println("connected: " + peers.size());
        CompletableFuture<Object> stay = new CompletableFuture<>();
        vertx.setTimer(STAY.toMillis(), over -> stay.complete(over));
        Await.within(STAY.plus(Await.SOON), stay, "end");
        peers.forEach(Peer::leave);
    }
}
