package io.heliograph.bench;

import io.heliograph.bench.HostileMoves.Move;
import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * 500 attackers send 100,000 hostile frames, and floods beside them, to a server on which 500 honest clients talk: is one of those
 * cut, a frame of theirs lost or late, a line logged, memory left over? Whoever is cut connects again at once. Since attackers keep
 * the processors of this machine busy too, as they would not from their own, the honest are compared with how they fare while
 * another server beside theirs is attacked as much; and, to see what the machine has to do with it, with nobody attacked.
 *
 * <pre>{@code
 * mvn -q package -DskipTests
 * JAVA_HOME=<a JDK 25> mvn -q exec:java -Dexec.classpathScope=test -Dexec.mainClass=io.heliograph.bench.Attackers -Dheliograph.jar=target/heliograph.jar
 * }</pre>
 */
public final class Attackers implements AutoCloseable {
    private static final int COUNT = 500;
    private static final int FLOODERS = 4;
    private static final int FRAMES = 100_000;
    private static final Duration WARM_UP = Duration.ofSeconds(30);
    private static final Duration LEG = Duration.ofSeconds(12);
    private static final int FRAMES_PER_SECOND = 1_800;
    private static final int TICK_MILLIS = 10;
    private static final int PAUSE_MILLIS = 3_000;
    private static final int ENTER_MILLIS = 3_000;
    private static final Duration GONE_WITHIN = Duration.ofSeconds(15);
    private static final Duration FORGOTTEN_WITHIN = Duration.ofSeconds(60);
    private static final double RATIO_MAX = 1.25;
    private static final int LOOKS = 9;
    private static final double HEAP_MEGABYTES_MAX = 2;

    // Set once.
    private final ServerProcess server = ServerProcess.startAsInImage(Map.of());
    private final ServerProcess another = ServerProcess.startAsInImage(Map.of());
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Bootstrap bootstrap =
            new Bootstrap().group(loop).channel(NioSocketChannel.class).option(ChannelOption.TCP_NODELAY, true);
    private final List<Attacker> attackers;
    private final Talkers talkers;

    // Owned by the one event loop.
    private ServerProcess target = server;
    private boolean attacking;
    private int turn;
    private long framesOfLeg;
    private final AtomicLong frames = new AtomicLong();
    private final AtomicLong floodFrames = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong cuts = new AtomicLong();

    private Attackers(long seed) {
        attackers = IntStream.range(0, COUNT)
                .mapToObj(i -> new Attacker(new HostileMoves(seed + i), i < FLOODERS))
                .toList();
        talkers = Talkers.enter(server, false);
    }

    /**
     * Runs it all, prints what came of it, and fails where somebody honest was harmed.
     *
     * @param arguments none, or the seed of an earlier run
     */
    public static void main(String[] arguments) {
        long seed = arguments.length > 0 ? Long.parseLong(arguments[0]) : System.nanoTime();
        System.out.println("seed: " + seed);
        try (Attackers bench = new Attackers(seed)) {
            bench.run();
        }
    }

    private void run() {
        talkers.talk(WARM_UP);
        double before = liveMegabytes();
        Map<String, Double> counted = server.management().metrics();
        attacked(another, WARM_UP);
        attacked(server, WARM_UP);
        Pairs.compareAttacks(server, another, RATIO_MAX, target -> attacked(target, LEG), () -> talkers.talk(LEG));
        System.out.printf(
                "attackers: %d, connected %d times, cut %d times, hostile frames %d and in floods %d%n",
                COUNT, connections.get(), cuts.get(), frames.get(), floodFrames.get());
        printAnswers(counted);
        Await.until(FORGOTTEN_WITHIN, () -> gauge(server, "heliograph_peers{dialect=\"v1\"}", Talkers.COUNT));
        double after = liveMegabytes();
        System.out.printf(
                "live heap: %.2f MB before, %.2f MB after (expected: more by <= %.2f)%n",
                before, after, HEAP_MEGABYTES_MAX);
        talkers.judge();
        if (frames.get() < FRAMES || after > before + HEAP_MEGABYTES_MAX) {
            throw new AssertionError("not as expected");
        }
    }

    private Latencies attacked(ServerProcess attacked, Duration time) {
        loop.execute(() -> {
            target = attacked;
            attacking = true;
            framesOfLeg = 0;
            for (int i = 0; i < COUNT; i++) {
                // All in one moment would be a flood of handshakes, which HandshakeFlood measures.
                Runnable enter = attackers.get(i)::connectAgain;
                var unused = loop.schedule(enter, i * ENTER_MILLIS / COUNT, TimeUnit.MILLISECONDS);
            }
        });
        long begun = System.nanoTime();
        var ticking = loop.scheduleAtFixedRate(() -> attack(begun), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
        Latencies measured = talkers.talk(time);
        ticking.cancel(false);
        loop.execute(() -> {
            attacking = false;
            attackers.forEach(Attacker::end);
        });
        // The next leg begins when nobody hostile is connected any more.
        Await.until(
                GONE_WITHIN, () -> gauge(attacked, "heliograph_connections", attacked == server ? Talkers.COUNT : 0));
        return measured;
    }

    private void attack(long begun) {
        long due = (System.nanoTime() - begun) * FRAMES_PER_SECOND / 1_000_000_000L;
        for (int asked = 0; asked < COUNT && framesOfLeg < due; asked++) {
            int sent = attackers.get(turn++ % COUNT).attack();
            framesOfLeg += sent;
            frames.addAndGet(sent);
        }
    }

    private void printAnswers(Map<String, Double> before) {
        Map<String, Long> answers = new TreeMap<>();
        server.management().metrics().forEach((series, value) -> {
            long more = Math.round(value - before.getOrDefault(series, 0.0));
            if (more > 0 && series.matches("heliograph_(closes|errors|connections_refused|drops|sessions).*")) {
                answers.put(series, more);
            }
        });
        answers.forEach((series, count) -> System.out.println("answered: " + series + " " + count));
        server.management().metrics().forEach((series, value) -> {
            if (series.startsWith("heliograph_event_loop_lag_seconds_max")) {
                System.out.printf("event loop late by at most %.0f ms (of late)%n", value * 1_000);
            }
        });
    }

    private static Optional<String> gauge(ServerProcess of, String name, int expected) {
        double is = of.management().metrics().getOrDefault(name, -1.0);
        return is == expected ? Optional.empty() : Optional.of(name + " " + is + " (expected: " + expected + ")");
    }

    private double liveMegabytes() {
        List<Double> looks = new ArrayList<>();
        for (int i = 0; i < LOOKS; i++) {
            looks.add(server.liveHeapBytes() / 1e6);
        }
        return Pairs.median(looks);
    }

    private static void close(Channel channel) {
        var unused = channel.close();
    }

    @Override
    public void close() {
        talkers.close();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(Await.SOON.toMillis());
        another.close();
        server.close();
    }

    /** One of them, over one connection at a time. */
    @Sharable
    private final class Attacker extends ChannelInboundHandlerAdapter {
        private final HostileMoves moves;
        private final boolean floods;
        private Optional<Channel> upgraded = Optional.empty();
        private Optional<Channel> connected = Optional.empty();
        private boolean flooded;

        Attacker(HostileMoves moves, boolean floods) {
            this.moves = moves;
            this.floods = floods;
        }

        void connect() {
            flooded = false;
            bootstrap
                    .clone()
                    .handler(this)
                    .connect("127.0.0.1", target.ports().http())
                    .addListener(connecting -> {
                        if (!connecting.isSuccess()) {
                            var unused = loop.schedule(this::connectAgain, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                        }
                    });
        }

        private void connectAgain() {
            if (attacking) {
                connect();
            }
        }

        /** Without a word, as everything it does. */
        void end() {
            connected.ifPresent(Attackers::close);
        }

        /** How many frames it has sent. */
        int attack() {
            if (upgraded.isEmpty() || !upgraded.get().isWritable()) {
                return 0;
            }
            if (floods && !flooded) {
                flooded = true;
                Move flood = moves.flood();
                send(flood.bytes().getBytes());
                floodFrames.addAndGet(flood.frames());
                return 0;
            }
            if (floods) {
                return 0;
            }
            Move move = moves.next();
            send(move.bytes().getBytes());
            if (moves.breaksOff()) {
                end();
            }
            return move.frames();
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            if (!attacking) {
                Attackers.close(context.channel());
                return;
            }
            connections.incrementAndGet();
            connected = Optional.of(context.channel());
            if (floods || moves.upgrades()) {
                send(HostileMoves.upgrade());
            } else {
                send(moves.noUpgrade());
                Runnable leave = () -> Attackers.close(context.channel());
                var unused = loop.schedule(leave, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            if (upgraded.isEmpty()
                    && bytes.toString(StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 101 ")) {
                upgraded = connected;
                Move first = moves.first();
                send(first.bytes().getBytes());
                frames.addAndGet(first.frames());
                framesOfLeg += first.frames();
            }
            bytes.release();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            upgraded = Optional.empty();
            connected = Optional.empty();
            if (attacking) {
                cuts.incrementAndGet();
                connect();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            Attackers.close(context.channel());
        }

        private void send(byte[] bytes) {
            connected.ifPresent(channel -> {
                var unused = channel.writeAndFlush(Unpooled.wrappedBuffer(bytes));
            });
        }
    }
}
