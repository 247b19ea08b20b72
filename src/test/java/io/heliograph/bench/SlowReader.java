package io.heliograph.bench;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * 60 peers address 10,000 frames a second to one that has stopped reading, beside 20 that talk to each other: when is it closed,
 * what does it cost the server in memory and the others in time? When one has been closed, the next takes its place.
 *
 * <pre>{@code
 * mvn -q package -DskipTests
 * mvn -q exec:java -Dexec.classpathScope=test -Dexec.mainClass=io.heliograph.bench.SlowReader -Dheliograph.jar=target/heliograph.jar
 * }</pre>
 */
public final class SlowReader implements AutoCloseable {
    private static final double RATIO_MAX = 1.25;
    private static final int LEG_SECONDS = 12;
    private static final int WARM_UP_SECONDS = 10;
    private static final int SENDERS = 60;
    private static final int FRAMES_PER_SECOND = 10_000;
    private static final int OTHERS = 20;
    private static final int OTHERS_PAUSE_MILLIS = 20;
    private static final int TICK_MILLIS = 5;
    private static final String DATA = "x".repeat(200);
    private static final int OUTBOX_BYTES = 4 << 20;
    /** What a frame counts in the outbox beside what the sender sent. */
    private static final int FRAME_BYTES = 66;

    private static final String CLOSED = "heliograph_closes_total{code=\"1013\"}";
    private static final String OPEN = "vertx_http_server_active_ws_connections";

    /** Whom the senders address; how many frames, and since when more than its outbox takes. */
    private static final class Target {
        private final String frame;
        private long frames;
        private volatile long fullNanos;

        Target(Peer peer) {
            frame = "{\"type\":\"message\",\"to\":\"" + peer.id() + "\",\"data\":\"" + DATA + "\"}";
        }

        void sent() {
            frames++;
            // Had the system taken nothing: a little too early, so that the times are a little too long.
            if (fullNanos == 0 && frames * (frame.length() + FRAME_BYTES) > OUTBOX_BYTES) {
                fullNanos = System.nanoTime();
            }
        }
    }

    private final ServerProcess server = ServerProcess.start(Map.of());
    private final Vertx sending = vertx();
    private final Vertx talking = vertx();
    private final WebSocketClient senders = client(sending);
    private final WebSocketClient others = client(talking);
    private final List<Double> closedAfter = new ArrayList<>();
    private final List<Double> goneAfter = new ArrayList<>();
    private volatile Optional<Target> target = Optional.empty();
    private volatile Latencies latencies = new Latencies();

    /** Runs it all and prints what came of it. */
    public static void main(String[] arguments) throws IOException {
        System.out.println("load before: " + load());
        try (SlowReader bench = new SlowReader()) {
            bench.startTalking();
            bench.startSending();
            bench.run(false, WARM_UP_SECONDS);
            bench.run(true, WARM_UP_SECONDS);
            Pairs.compare(bench.server, RATIO_MAX, stopped -> bench.run(stopped, LEG_SECONDS));
            bench.printTimes();
            bench.compareHeap();
        }
        System.out.println("load after: " + load());
    }

    private void printTimes() {
        System.out.printf(
                "%d readers that stopped: closed %.2f s after the bound (median; at most %.2f), socket gone %.2f s after it"
                        + " (at most %.2f; expected: <= 5)%n",
                goneAfter.size(),
                Pairs.median(closedAfter),
                Pairs.max(closedAfter),
                Pairs.median(goneAfter),
                Pairs.max(goneAfter));
    }

    private void compareHeap() {
        List<Double> reading = new ArrayList<>();
        Peer reader = aim(false);
        for (int i = 0; i < 9; i++) {
            reading.add(liveMegabytes());
        }
        leave(reader);
        List<Double> stopped = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            double before = closes();
            Peer peer = aim(true);
            while (closes() == before) {
                stopped.add(liveMegabytes());
            }
            leave(peer);
        }
        List<Double> after = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            after.add(liveMegabytes());
        }
        double bound = OUTBOX_BYTES / 1e6;
        System.out.printf(
                "live heap: %.2f MB with a reader that reads (median of %d; at most %.2f), at most %.2f MB with one that does"
                        + " not (%d looks), %.2f MB after; more by at most %.2f MB (expected: <= %.2f)%n",
                Pairs.median(reading),
                reading.size(),
                Pairs.max(reading),
                Pairs.max(stopped),
                stopped.size(),
                Pairs.median(after),
                Pairs.max(stopped) - Pairs.median(reading),
                bound + 2);
    }

    /** Lets the others talk for a while, with a reader that does not read or with one that does. */
    private Latencies run(boolean stopped, int seconds) {
        Peer peer = aim(stopped);
        Latencies measured = new Latencies();
        latencies = measured;
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        double closes = closes();
        while (System.nanoTime() < end) {
            // Asked for in any case, since the answer costs the server something.
            boolean closed = closes() > closes;
            Await.throughout(Duration.ofMillis(50), Optional::empty);
            if (closed) {
                awaitGone();
                leave(peer);
                closes = closes();
                peer = aim(stopped);
            }
        }
        latencies = new Latencies();
        leave(peer);
        return measured;
    }

    private void awaitGone() {
        long full = target.orElseThrow().fullNanos;
        closedAfter.add((System.nanoTime() - full) / 1e9);
        Await.until(
                Duration.ofSeconds(10),
                () -> metric(OPEN) == SENDERS + OTHERS ? Optional.empty() : Optional.of("not cut"));
        goneAfter.add((System.nanoTime() - full) / 1e9);
    }

    private Peer aim(boolean stopped) {
        Peer peer = Await.soon(Peer.enter(senders, server.ports().http(), text -> {}), "a reader");
        if (stopped) {
            peer.stopReading();
        }
        target = Optional.of(new Target(peer));
        return peer;
    }

    /** The next one begins when nothing is left of this one. */
    private void leave(Peer peer) {
        target = Optional.empty();
        peer.leave();
        Await.until(Await.SOON, () -> metric(OPEN) == SENDERS + OTHERS ? Optional.empty() : Optional.of("open"));
    }

    private void startSending() {
        List<Peer> peers = enter(senders, SENDERS, text -> {});
        sending.runOnContext(start -> {
            long[] begun = {System.nanoTime()};
            long[] sent = {0};
            sending.setPeriodic(TICK_MILLIS, tick -> {
                long due = (System.nanoTime() - begun[0]) * FRAMES_PER_SECOND / 1_000_000_000L;
                Optional<Target> now = target;
                for (; sent[0] < due; sent[0]++) {
                    int sender = (int) (sent[0] % SENDERS);
                    now.ifPresent(aimed -> {
                        peers.get(sender).send(aimed.frame);
                        aimed.sent();
                    });
                }
            });
        });
    }

    private void startTalking() {
        List<Peer> peers = enter(others, OTHERS, text -> {
            int data = text.lastIndexOf(':') + 1;
            long sent = Long.parseLong(text.substring(data, text.length() - 1));
            latencies.add(System.nanoTime() - sent);
        });
        for (int i = 0; i < OTHERS; i++) {
            Peer from = peers.get(i);
            String head = "{\"type\":\"message\",\"to\":\"" + peers.get(i ^ 1).id() + "\",\"data\":";
            talking.setTimer(
                    1 + ThreadLocalRandom.current().nextInt(OTHERS_PAUSE_MILLIS),
                    start -> talking.setPeriodic(
                            OTHERS_PAUSE_MILLIS, tick -> from.send(head + System.nanoTime() + "}")));
        }
    }

    private List<Peer> enter(WebSocketClient client, int count, Consumer<String> received) {
        List<Future<Peer>> entering = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entering.add(Peer.enter(client, server.ports().http(), received));
        }
        Await.soon(Future.all(entering), count + " peers");
        return entering.stream().map(Future::result).toList();
    }

    private double closes() {
        return metric(CLOSED);
    }

    private double metric(String name) {
        String line = server.management()
                .get("/metrics")
                .body()
                .lines()
                .filter(text -> text.startsWith(name + " "))
                .findFirst()
                .orElseThrow();
        return Double.parseDouble(line.substring(name.length() + 1));
    }

    private double liveMegabytes() {
        return server.liveHeapBytes() / 1e6;
    }

    @Override
    public void close() {
        Await.soon(sending.close(), "end of the senders");
        Await.soon(talking.close(), "end of the others");
        server.close();
    }

    private static Vertx vertx() {
        return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    }

    private static WebSocketClient client(Vertx vertx) {
        return vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(1_000));
    }

    private static String load() throws IOException {
        return Files.readString(Path.of("/proc/loadavg")).trim();
    }
}
