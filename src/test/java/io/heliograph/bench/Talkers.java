package io.heliograph.bench;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * 500 honest clients in rooms of five. Each writes to the next one of its room twice a second, a thousand frames a second in
 * all, and whoever is written to looks how long it took.
 */
final class Talkers implements AutoCloseable {
    static final int COUNT = 500;
    private static final int AT_ONCE = 100;
    private static final int MEMBERS = 5;
    private static final int FRAMES_PER_SECOND = 1_000;
    private static final int TICK_MILLIS = 5;
    private static final int LINES_SHOWN = 10;
    private static final Duration ARRIVE_WITHIN = Duration.ofSeconds(10);

    // Set once.
    private final ServerProcess server;
    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    /** Kept, since Vert.x closes the connections of a client that nobody has any more. */
    private final WebSocketClient client;

    private final List<Peer> peers = new ArrayList<>();
    private final List<String> heads = new ArrayList<>();

    // Written on the one event loop.
    private final long[] latest = new long[COUNT];
    private final AtomicInteger cut = new AtomicInteger();
    private final AtomicInteger doubled = new AtomicInteger();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private volatile Latencies latencies = new Latencies();
    private volatile boolean leaving;
    private int linesBefore;

    private Talkers(ServerProcess server, boolean tls) {
        this.server = server;
        client = vertx.createWebSocketClient(new WebSocketClientOptions()
                .setMaxConnections(COUNT)
                .setSsl(tls)
                .setTrustAll(tls)
                .setVerifyHost(false));
    }

    /** All have entered {@code server} and their rooms. */
    static Talkers enter(ServerProcess server, boolean tls) {
        Talkers talkers = new Talkers(server, tls);
        while (talkers.peers.size() < COUNT) {
            talkers.enterSome(server.ports().http());
        }
        for (int i = 0; i < COUNT; i++) {
            int next = i - i % MEMBERS + (i + 1) % MEMBERS;
            talkers.heads.add(
                    "{\"type\":\"message\",\"to\":\"" + talkers.peers.get(next).id() + "\",\"data\":");
        }
        talkers.linesBefore = server.log().all().size();
        return talkers;
    }

    private void enterSome(int port) {
        int first = peers.size();
        List<Future<Peer>> entering = new ArrayList<>();
        for (int i = first; i < first + AT_ONCE; i++) {
            int index = i;
            entering.add(Peer.enter(client, port, text -> receive(index, text)));
        }
        Await.soon(Future.all(entering), "honest clients");
        String room = "";
        for (Future<Peer> entered : entering) {
            Peer peer = entered.result();
            if (peers.size() % MEMBERS == 0) {
                // An invitation that nobody else can guess.
                room = UUID.randomUUID().toString();
            }
            peer.send("{\"type\":\"join\",\"room\":\"" + room + "\"}");
            peer.onEnd(() -> {
                if (!leaving) {
                    cut.incrementAndGet();
                }
            });
            peers.add(peer);
        }
    }

    private void receive(int index, String text) {
        if (text.startsWith("{\"type\":\"message\"")) {
            long now = System.nanoTime();
            long then = Long.parseLong(text.substring(text.lastIndexOf(':') + 1, text.length() - 1));
            if (then <= latest[index]) {
                doubled.incrementAndGet();
            }
            latest[index] = then;
            latencies.add(now - then);
            received.incrementAndGet();
        }
    }

    /** How long their frames take, until all of them have arrived or are given up. */
    Latencies talk(Duration time) {
        Latencies measured = new Latencies();
        latencies = measured;
        long begun = System.nanoTime();
        long sentBefore = sent.get();
        long timer = vertx.setPeriodic(TICK_MILLIS, tick -> {
            long due = sentBefore + (System.nanoTime() - begun) * FRAMES_PER_SECOND / 1_000_000_000L;
            for (long next = sent.get(); next < due; next = sent.incrementAndGet()) {
                int from = (int) (next % COUNT);
                peers.get(from).send(heads.get(from) + System.nanoTime() + "}");
            }
        });
        Await.throughout(time, Optional::empty);
        vertx.cancelTimer(timer);
        long deadline = System.nanoTime() + ARRIVE_WITHIN.toNanos();
        while (lost() > 0 && System.nanoTime() - deadline < 0) {
            Await.throughout(Duration.ofMillis(50), Optional::empty);
        }
        return measured;
    }

    /** Frames that were sent and did not arrive. */
    long lost() {
        return sent.get() - received.get();
    }

    /** Prints what became of them and what was logged since, and fails where it is not what they may expect, or anything. */
    void judge() {
        System.out.printf(
                "honest clients: %d, cut %d, frames sent %d, lost %d, doubled or out of order %d (expected: 0 each)%n",
                COUNT, cut.get(), sent.get(), lost(), doubled.get());
        List<String> lines = server.log().all().stream().skip(linesBefore).toList();
        System.out.printf("lines logged: %d (expected: 0)%n", lines.size());
        lines.stream().limit(LINES_SHOWN).forEach(System.out::println);
        if (cut.get() > 0 || lost() > 0 || doubled.get() > 0 || !lines.isEmpty()) {
            throw new AssertionError("not as expected");
        }
    }

    @Override
    public void close() {
        leaving = true;
        peers.forEach(Peer::leave);
        Await.soon(vertx.close(), "end of the honest clients");
    }
}
