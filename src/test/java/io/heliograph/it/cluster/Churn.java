package io.heliograph.it.cluster;

import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** One client that joins and leaves, speaks, changes, goes and comes back, at random and without a pause. */
final class Churn {
    private static final int ROOMS = 8;
    private static final Set<String> EXPECTED_ERRORS = Set.of("room-full");

    private final TestClients clients;
    private final List<Integer> ports;
    private final Random random;
    private final Set<String> rooms = new TreeSet<>();
    private final List<TestClient> past = new ArrayList<>();
    private TestClient client;

    Churn(TestClients clients, List<Integer> ports, TestClient first, long seed) {
        this.clients = clients;
        this.ports = ports;
        this.client = first;
        this.random = new Random(seed);
    }

    /** The client as it is now, and where it is. */
    TestClient client() {
        return client;
    }

    Set<String> rooms() {
        return rooms;
    }

    /** All clients that it was. */
    List<TestClient> past() {
        return past;
    }

    /** Does {@code steps} things, one after the other; fails at an answer that may not be. */
    Future<Void> run(int steps) {
        return steps == 0 ? Future.succeededFuture() : step().compose(done -> run(steps - 1));
    }

    private Future<Void> step() {
        String room = "churn-" + random.nextInt(ROOMS);
        int dice = random.nextInt(20);
        if (dice == 0) {
            return comeBack();
        }
        if (!rooms.contains(room)) {
            return ask(TestClient.joining(room)
                            .put("capacity", 6 + random.nextInt(10))
                            .put("data", dice))
                    .map(answer -> {
                        if (answer.getString("type").equals("joined")) {
                            rooms.add(room);
                        }
                        return null;
                    });
        }
        if (dice < 8) {
            rooms.remove(room);
            return ask(new JsonObject().put("type", "leave").put("room", room)).mapEmpty();
        }
        if (dice < 12) {
            return ask(new JsonObject().put("type", "update").put("room", room).put("data", dice))
                    .mapEmpty();
        }
        return ask(TestClient.message("room", room, dice)).mapEmpty();
    }

    private Future<Void> comeBack() {
        past.add(client);
        rooms.clear();
        // With a request still under way, now and then.
        if (random.nextBoolean()) {
            client.send(TestClient.joining("churn-" + random.nextInt(ROOMS)));
        }
        return client.close()
                .compose(closed -> clients.enterSoon(ports.get(random.nextInt(ports.size()))))
                .map(entered -> {
                    client = entered;
                    return null;
                });
    }

    private Future<JsonObject> ask(JsonObject request) {
        return client.askSoon(request).map(answer -> {
            if (answer.getString("type").equals("error") && !EXPECTED_ERRORS.contains(answer.getString("code"))) {
                throw new AssertionError(request + " got " + answer);
            }
            return answer;
        });
    }
}
