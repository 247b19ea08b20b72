package io.heliograph.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.heliograph.cluster.Membership.ServerProcess;
import io.heliograph.protocol.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** What server processes stand on, in this JVM: each has a Vert.x and a membership of its own. */
final class Processes {
    private static final int PATIENCE_SECONDS = 40;
    private static final int LOOK_MILLIS = 10;

    /** One process. */
    record OneProcess(
            Vertx vertx, Optional<HazelcastClusterManager> manager, ServerProcess self, Membership membership) {}

    private final List<OneProcess> running = new ArrayList<>();

    private Processes() {}

    /** One that is no cluster. */
    static Processes alone(int instances) {
        Processes processes = new Processes();
        processes.start(Vertx.vertx(), new ServerProcess("local", instances, "none"), Optional.empty());
        return processes;
    }

    /** So many in a Hazelcast cluster on free ports. */
    static Processes clustered(int count, int instances) {
        Processes processes = new Processes();
        List<Integer> ports = freePorts(count);
        List<String> members = ports.stream().map(port -> "127.0.0.1:" + port).toList();
        for (int i = 0; i < count; i++) {
            processes.join(new ServerProcess("process" + i, instances, members.get(i)), ports.get(i), members);
        }
        return processes;
    }

    /** One that the others know joins them again, as the process that it was. */
    void joinAgain(ServerProcess self) {
        List<String> members = new ArrayList<>(List.of(self.address()));
        running.forEach(process -> members.add(process.self.address()));
        join(self, URI.create("tcp://" + self.address()).getPort(), members);
    }

    private void join(ServerProcess self, int port, List<String> members) {
        Settings.Cluster settings =
                new Settings.Cluster(true, "127.0.0.1", port, 0, members, Optional.empty(), Optional.empty());
        HazelcastClusterManager manager = (HazelcastClusterManager) HazelcastConfiguration.manager(settings);
        Vertx vertx = await(Vertx.builder()
                .with(new VertxOptions().setEventBusOptions(HazelcastConfiguration.bus(settings, self)))
                .withClusterManager(manager)
                .buildClustered());
        start(vertx, self, Optional.of(manager));
    }

    private void start(Vertx vertx, ServerProcess self, Optional<HazelcastClusterManager> manager) {
        BusLink.prepare(vertx);
        Membership membership = new Membership(vertx, self, manager.map(found -> found));
        await(membership.open());
        running.add(new OneProcess(vertx, manager, self, membership));
    }

    List<OneProcess> running() {
        return running;
    }

    /** Ends the last one without a word to the others. */
    OneProcess kill() {
        OneProcess dying = running.remove(running.size() - 1);
        dying.manager.ifPresent(manager -> terminate(manager.getHazelcastInstance()));
        await(dying.vertx.close().otherwiseEmpty());
        return dying;
    }

    void close() {
        running.forEach(process -> {
            process.membership.close();
            await(process.vertx.close().otherwiseEmpty());
        });
        running.clear();
    }

    static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof RuntimeException cause
                    ? cause
                    : new IllegalStateException(failure.getCause());
        } catch (TimeoutException late) {
            throw new AssertionError("no answer", late);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }

    static void await(CountDownLatch latch, String what) {
        try {
            if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain for " + what);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether each part of the shared maps is where it is to be, with its copy. Blocks. */
    boolean isSharedOut() {
        return running.stream()
                .flatMap(process -> process.manager.stream())
                .allMatch(manager ->
                        manager.getHazelcastInstance().getPartitionService().isClusterSafe());
    }

    void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("waited in vain for " + what);
            }
            await(running.get(0).vertx.timer(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        }
    }

    private static void terminate(@Nullable HazelcastInstance instance) {
        if (instance != null) {
            instance.getLifecycleService().terminate();
        }
    }

    static List<Integer> freePorts(int count) {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            List<Integer> ports =
                    sockets.stream().map(ServerSocket::getLocalPort).toList();
            for (ServerSocket socket : sockets) {
                socket.close();
            }
            return ports;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
