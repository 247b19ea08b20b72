package io.heliograph.it.harness;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** Clients that claim the same session at the same moment. */
public final class Rivals {
    private Rivals() {}

    /**
     * Has all of {@code connected}, which have said nothing yet, show {@code session}. Answers the one that goes on with it, once all
     * others are closed with 4003; fails where that is not so soon, or one of them got another session.
     */
    public static TestClient claim(List<TestClient> connected, String session) {
        JsonObject hello = new JsonObject().put("type", "hello").put("resume", session);
        connected.forEach(client -> client.send(hello));
        Await.until(Await.SOON, () -> {
            List<TestClient> open = open(connected);
            return open.size() == 1 && !open.get(0).frames("welcome").isEmpty()
                    ? Optional.empty()
                    : Optional.of(open.size() + " of " + connected.size() + " open");
        });
        TestClient winner = open(connected).get(0);
        for (TestClient client : connected) {
            client.frames("welcome").forEach(welcome -> {
                if (!welcome.getBoolean("resumed") || !winner.peer().equals(welcome.getString("peer"))) {
                    throw new AssertionError("another session: " + welcome);
                }
            });
            int code = client == winner ? 4003 : client.closed().join();
            if (code != 4003) {
                throw new AssertionError("closed with " + code);
            }
        }
        return winner;
    }

    private static List<TestClient> open(List<TestClient> clients) {
        return clients.stream().filter(client -> !client.closed().isDone()).toList();
    }
}
