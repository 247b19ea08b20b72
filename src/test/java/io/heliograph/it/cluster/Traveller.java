package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** One session that goes on over one connection after the other. */
final class Traveller {
    private final TestClients clients;
    private final List<TestClient> lives = new ArrayList<>();
    private final Set<TestClient> cut = new HashSet<>();

    Traveller(TestClients clients, TestClient first) {
        this.clients = clients;
        lives.add(first);
    }

    /** Its connection now. */
    TestClient now() {
        return lives.get(lives.size() - 1);
    }

    String peer() {
        return lives.get(0).peer();
    }

    /** Comes back at {@code port}, whether or not its connection is open. */
    TestClient goTo(int port) {
        return Await.soon(going(port), "welcome again");
    }

    /** The same without waiting for it; its connection is the new one when this completes. */
    Future<TestClient> going(int port) {
        return clients.resumeSoon(port, now().session()).map(next -> {
            assertEquals(
                    true, next.welcome().getBoolean("resumed"), next.welcome().encode());
            assertEquals(peer(), next.peer());
            lives.add(next);
            return next;
        });
    }

    /** Breaks its connection. */
    void cut() {
        cut.add(now());
        Await.soon(now().cut(), "cut");
    }

    /** Fails unless every connection but the last, and those that broke, was closed since the next one had the session. */
    void assertClosedBehind() {
        lives.stream()
                .filter(life -> !life.equals(now()) && !cut.contains(life))
                .forEach(life -> assertEquals(4003, Await.soon(life.closed(), "close of an earlier connection")));
    }

    /** Everything of this type that came, over whichever connection, in order. */
    List<JsonObject> frames(String type) {
        return lives.stream().flatMap(life -> life.frames(type).stream()).toList();
    }
}
