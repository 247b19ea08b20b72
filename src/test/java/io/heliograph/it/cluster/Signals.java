package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Roamer;
import io.heliograph.it.harness.TestClient;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Numbered messages, from each of some clients to the next one, and now and then to the room that all are in. */
final class Signals implements AutoCloseable {
    private static final int EVERY_MILLIS = 20;
    private static final int TO_ROOM_EVERY = 10;

    private final List<Roamer> roamers;
    private final String room;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private int sent;

    /** Begins to send. */
    Signals(List<Roamer> roamers, String room) {
        this.roamers = roamers;
        this.room = room;
        var unused = timer.scheduleAtFixedRate(this::send, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void send() {
        sent++;
        for (int i = 0; i < roamers.size(); i++) {
            Roamer sender = roamers.get(i);
            sender.send(TestClient.message(
                    "to", roamers.get((i + 1) % roamers.size()).peer(), sent));
            if (sent % TO_ROOM_EVERY == 0) {
                sender.send(TestClient.message("room", room, sent));
            }
        }
    }

    /** Sends nothing more. */
    void stop() {
        Await.soon(CompletableFuture.runAsync(timer::shutdown, timer), "end of the signals");
    }

    void assertAllCameOnceAndInOrder() {
        List<Integer> direct = IntStream.rangeClosed(1, sent).boxed().toList();
        List<Integer> byRoom =
                direct.stream().filter(n -> n % TO_ROOM_EVERY == 0).toList();
        for (int i = 0; i < roamers.size(); i++) {
            Roamer receiver = roamers.get(i);
            for (Roamer sender : roamers) {
                boolean isNext = roamers.get((roamers.indexOf(sender) + 1) % roamers.size()) == receiver;
                if (isNext) {
                    assertCame(direct, receiver, sender, false);
                }
                if (sender != receiver) {
                    assertCame(byRoom, receiver, sender, true);
                }
            }
        }
        System.out.println("signals while all move: " + sent * roamers.size() + " and to the room "
                + byRoom.size() * roamers.size());
    }

    private static void assertCame(List<Integer> expected, Roamer receiver, Roamer sender, boolean byRoom) {
        Await.until(
                Await.SOON,
                () -> numbers(receiver, sender, byRoom).size() >= expected.size()
                        ? Optional.empty()
                        : Optional.of("%d of %d from %s to %s"
                                .formatted(
                                        numbers(receiver, sender, byRoom).size(), expected.size(), sender, receiver)));
        assertEquals(expected, numbers(receiver, sender, byRoom), () -> "from " + sender + " to " + receiver);
    }

    private static List<Integer> numbers(Roamer receiver, Roamer sender, boolean byRoom) {
        return receiver.frames("message").stream()
                .filter(message -> sender.peer().equals(message.getString("from")))
                .filter(message -> message.containsKey("room") == byRoom)
                .map((JsonObject message) -> message.getInteger("data"))
                .toList();
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
