package io.heliograph.bench;

import io.heliograph.bench.Flood.Outcome;
import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import java.nio.ByteBuffer;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Handshakes without end beside 500 clients that are in and talk: is one of those cut, a frame of theirs lost or late? With
 * {@code plain} 5,000 connections a second ask for a WebSocket, of which {@code limits.handshakes} takes 1,000 and, at once,
 * ten times as many. With {@code tls} half as many as the server sustains begin a TLS 1.3 handshake and leave when the server has
 * done its part, certificate and signature: that costs the attacker nothing. Those inside are compared with how they fare while
 * another server beside theirs is flooded as much, and with nobody flooded, as {@link Attackers} does.
 *
 * <pre>{@code
 * mvn -q package -DskipTests
 * JAVA_HOME=<a JDK 25> mvn -q exec:java -Dexec.classpathScope=test -Dexec.mainClass=io.heliograph.bench.HandshakeFlood -Dexec.args=plain -Dheliograph.jar=target/heliograph.jar
 * }</pre>
 */
public final class HandshakeFlood implements AutoCloseable {
    private static final double PLAIN_PER_SECOND = 5_000;
    private static final double TLS_SHARE = 0.5;
    private static final double REACHED_SHARE_MIN = 0.95;
    private static final int OPEN_MAX = 2_000;
    private static final int OPEN_TO_SATURATE = 64;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration LEG = Duration.ofSeconds(10);
    private static final double RATIO_MAX = 2;

    private final ServerProcess server;
    private final ServerProcess another;
    private final byte[] opening;
    private final double perSecond;
    private final Talkers talkers;

    private HandshakeFlood(boolean tls) {
        Map<String, String> environment = Map.of("HELIOGRAPH_HTTP_TLS", tls ? "self-signed" : "off");
        server = ServerProcess.startAsInImage(environment);
        another = ServerProcess.startAsInImage(environment);
        opening = tls ? clientHello() : HostileMoves.upgrade();
        perSecond = tls ? TLS_SHARE * sustained() : PLAIN_PER_SECOND;
        talkers = Talkers.enter(server, tls);
    }

    /**
     * Runs it all, prints what came of it, and fails where somebody inside was harmed.
     *
     * @param arguments {@code plain} or {@code tls}
     */
    public static void main(String[] arguments) {
        List<String> kinds = List.of("plain", "tls");
        if (arguments.length != 1 || !kinds.contains(arguments[0])) {
            throw new IllegalArgumentException(Arrays.toString(arguments) + " (expected: one of " + kinds + ")");
        }
        try (HandshakeFlood bench = new HandshakeFlood(arguments[0].equals("tls"))) {
            bench.run();
        }
    }

    private void run() {
        talkers.talk(WARM_UP);
        flooded(another, WARM_UP);
        flooded(server, WARM_UP);
        Pairs.compareAttacks(server, another, RATIO_MAX, target -> flooded(target, LEG), () -> talkers.talk(LEG));
        talkers.judge();
    }

    /** What the server sustains while it has nothing else to do. */
    private double sustained() {
        int port = server.ports().http();
        Flood.run(port, opening, Double.MAX_VALUE, OPEN_TO_SATURATE, WARM_UP);
        Outcome most = Flood.run(port, opening, Double.MAX_VALUE, OPEN_TO_SATURATE, LEG);
        System.out.println("sustained: " + most);
        return most.perSecond();
    }

    private Latencies flooded(ServerProcess flooded, Duration time) {
        int port = flooded.ports().http();
        CompletableFuture<Outcome> flood =
                CompletableFuture.supplyAsync(() -> Flood.run(port, opening, perSecond, OPEN_MAX, time));
        Latencies measured = talkers.talk(time);
        Outcome outcome = Await.soon(flood, "end of the flood");
        System.out.println("flood: " + outcome);
        if (outcome.perSecond() < REACHED_SHARE_MIN * perSecond) {
            System.out.printf("the flood has not reached its %.0f a second%n", perSecond);
        }
        return measured;
    }

    /** Good for any number of connections, since a server does not compare them. */
    private static byte[] clientHello() {
        try {
            SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 1);
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(new String[] {"TLSv1.3"});
            ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
            engine.beginHandshake();
            engine.wrap(ByteBuffer.allocate(0), hello);
            return Arrays.copyOf(hello.array(), hello.position());
        } catch (NoSuchAlgorithmException | SSLException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void close() {
        talkers.close();
        another.close();
        server.close();
    }
}
