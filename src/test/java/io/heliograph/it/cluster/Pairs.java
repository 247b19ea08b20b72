package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.TestClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Every peer to every other. */
final class Pairs {
    private static final AtomicInteger TRIALS = new AtomicInteger();

    private Pairs() {}

    /** Sends an offer from each to each; all must be acknowledged, and arrive once. */
    static void assertRelays(List<TestClient> peers) {
        String trial = "trial " + TRIALS.incrementAndGet();
        List<Future<JsonObject>> answers = new ArrayList<>();
        for (TestClient from : peers) {
            for (TestClient to : peers) {
                if (!from.equals(to)) {
                    answers.add(from.askSoon(new JsonObject()
                            .put("type", "offer")
                            .put("to", to.peer())
                            .put("data", trial)));
                }
            }
        }
        Await.soon(Future.all(answers), "answers of " + trial);
        answers.forEach(
                answer -> assertEquals("ok", answer.result().getString("type"), () -> trial + ": " + answer.result()));
        for (TestClient to : peers) {
            to.settle();
            List<String> senders = to.frames("offer").stream()
                    .filter(offer -> trial.equals(offer.getString("data")))
                    .map(offer -> offer.getString("from"))
                    .sorted()
                    .toList();
            List<String> expected = peers.stream()
                    .filter(from -> !from.equals(to))
                    .map(TestClient::peer)
                    .sorted()
                    .toList();
            assertEquals(expected, senders, () -> trial + " at " + to);
        }
    }
}
