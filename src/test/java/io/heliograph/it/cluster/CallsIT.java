package io.heliograph.it.cluster;

import static io.heliograph.it.harness.TestClient.askFor;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Consistency;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls, presence and topics between processes that are killed. */
class CallsIT {
    private static final int CALLS = 1_000;
    private static final int DEVICES_MAX = 3;
    private static final int RING_SECONDS = 15;
    /** Who vanishes is lost before a call has rung too long. */
    private static final int WINDOW_SECONDS = 3;

    private static final Duration ENDED_WITHIN = Duration.ofSeconds(45);

    private final TestClients clients = new TestClients();
    private Optional<TestCluster> opened = Optional.empty();

    private TestCluster start(int processes) {
        TestCluster cluster = TestCluster.start(
                processes,
                Map.of(
                        "HELIOGRAPH_INSTANCES",
                        "2",
                        "HELIOGRAPH_CALLS_RING",
                        Integer.toString(RING_SECONDS),
                        "HELIOGRAPH_SESSION_WINDOW",
                        Integer.toString(WINDOW_SECONDS)));
        opened = Optional.of(cluster);
        return cluster;
    }

    @AfterEach
    void everybodyLeavesAndNothingIsLeft() {
        clients.close();
        opened.ifPresent(Consistency::awaitEmpty);
        opened.ifPresent(TestCluster::close);
    }

    @Test
    void ofAThousandCallsAtOnceEveryPartySeesOneEndingAndTheRightOne() {
        TestCluster cluster = start(2);
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("calls: -Dheliograph.seed=" + seed);
        Random random = new Random(seed);
        List<CallStory> stories = stories(cluster.ports(), random);
        long began = System.nanoTime();
        together(stories.stream().map(CallStory::ring).toList(), "ringing");
        long rang = System.nanoTime();
        Consistency.await(cluster);
        Collections.shuffle(stories, random);
        together(stories.stream().map(CallStory::end).toList(), "endings");
        long ended = System.nanoTime();
        Await.until(ENDED_WITHIN, () -> problem(stories));
        System.out.printf(
                "calls: %d ringing after %d ms; asked to end within %d ms%n",
                CALLS, (rang - began) / 1_000_000, (ended - rang) / 1_000_000);
        Consistency.await(cluster);
        // A second ending would have come by now.
        assertEquals(Optional.empty(), problem(stories));
        for (JsonObject state : cluster.states()) {
            for (Object node : state.getJsonArray("nodes")) {
                assertEquals(
                        new JsonObject().put("made", new JsonObject()).put("incoming", new JsonObject()),
                        ((JsonObject) node).getJsonObject("calls"));
            }
        }
    }

    private List<CallStory> stories(List<Integer> ports, Random random) {
        List<Future<TestClient>> callers = new ArrayList<>();
        List<List<Future<TestClient>>> devices = new ArrayList<>();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            callers.add(clients.enterSoon(any(ports, random)));
            List<Future<TestClient>> own = new ArrayList<>();
            for (int device = 0; device <= random.nextInt(DEVICES_MAX); device++) {
                own.add(clients.enterSoon(any(ports, random), "user-" + i));
            }
            devices.add(own);
            all.add(callers.get(i));
            all.addAll(own);
        }
        together(all, "entering");
        Map<CallStory.Ending, Integer> endings = new EnumMap<>(CallStory.Ending.class);
        List<CallStory> stories = new ArrayList<>();
        for (int i = 0; i < CALLS; i++) {
            CallStory.Ending ending = any(List.of(CallStory.Ending.values()), random);
            endings.merge(ending, 1, Integer::sum);
            stories.add(new CallStory(
                    callers.get(i).result(),
                    "user-" + i,
                    devices.get(i).stream().map(Future::result).toList(),
                    ending,
                    random));
        }
        System.out.println("calls: " + all.size() + " clients, " + endings);
        return stories;
    }

    private static Optional<String> problem(List<CallStory> stories) {
        return stories.stream().flatMap(story -> story.problems().stream()).findFirst();
    }

    private static void together(List<? extends Future<?>> futures, String what) {
        Await.within(ENDED_WITHIN, Future.all(futures).toCompletionStage().toCompletableFuture(), what);
    }

    private static <T> T any(List<T> list, Random random) {
        return list.get(random.nextInt(list.size()));
    }

    @Test
    void whenANodeDiesAndNobodyComesBackItsCallsAreLostAndItsUsersOffline() {
        TestCluster cluster = start(3);
        List<Integer> ports = cluster.ports();
        TestClient watcher = clients.enter(ports.get(0), "watcher");
        TestClient carl = clients.enter(ports.get(1), "carl");
        TestClient victim = clients.enter(ports.get(2), "victim");
        TestClient victimsTablet = clients.enter(ports.get(2), "victim");
        askFor(watcher, new JsonObject().put("type", "watch").put("users", new JsonArray().add("victim")));
        watcher.await("presence", presence -> presence.getInteger("peers") == 2);
        askFor(watcher, new JsonObject().put("type", "subscribe").put("topic", "news"));
        askFor(victim, new JsonObject().put("type", "subscribe").put("topic", "news"));
        String ringing = call(victim, "carl");
        String incoming = call(watcher, "victim");
        String taken = call(carl, "victim");
        askFor(victimsTablet, new JsonObject().put("type", "accept").put("call", taken));

        cluster.kill(2);

        watcher.await("presence", presence -> presence.getInteger("peers") == 0);
        for (var end : Map.of(ringing, carl, incoming, watcher, taken, carl).entrySet()) {
            end.getValue().await("call-ended", frame -> frame.getString("call").equals(end.getKey()));
        }
        askFor(carl, TestClient.message("topic", "news", 1));
        watcher.await("message", message -> "news".equals(message.getString("topic")));
        assertEquals(
                "user-offline",
                carl.ask(new JsonObject().put("type", "call").put("user", "victim"))
                        .getString("code"));
        Consistency.await(cluster);
        for (TestClient client : List.of(watcher, carl)) {
            client.settle();
            client.frames("call-ended").forEach(end -> assertEquals("lost", end.getString("reason")));
        }
        assertEquals(1, watcher.frames("call-ended").size());
        assertEquals(2, carl.frames("call-ended").size());
    }

    private static String call(TestClient caller, String user) {
        return caller.ask(new JsonObject().put("type", "call").put("user", user))
                .getString("call");
    }
}
