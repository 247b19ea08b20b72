package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HazelcastConfigurationTest {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LISTEN_MILLIS = 2_000;
    /** Of that time: a thread that turns in circles takes all that it gets. */
    private static final double BUSY_MAX = 0.1;

    /** A process that stands still still has a kernel that accepts connections for it. */
    @Test
    void aMemberThatAcceptsAConnectionAndSaysNothingDoesNotKeepTheOthersBusy() throws IOException {
        Future<Vertx> joining;
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = Processes.freePorts(1).get(0);
            List<String> members = List.of("127.0.0.1:" + port, "127.0.0.1:" + silent.getLocalPort());
            Settings.Cluster settings =
                    new Settings.Cluster(true, "127.0.0.1", port, 0, members, Optional.empty(), Optional.empty());
            joining = Vertx.builder()
                    .withClusterManager(HazelcastConfiguration.manager(settings))
                    .buildClustered();
            silent.setSoTimeout(PATIENCE_MILLIS);
            try (Socket dialled = silent.accept()) {
                dialled.setSoTimeout(PATIENCE_MILLIS);
                assertEquals("HZC", new String(dialled.getInputStream().readNBytes(3), StandardCharsets.US_ASCII));
                dialled.setSoTimeout(LISTEN_MILLIS);
                long before = nanosOfWriters();
                assertThrows(SocketTimeoutException.class, dialled.getInputStream()::read);
                double busy = (nanosOfWriters() - before) / (LISTEN_MILLIS * 1e6);
                assertTrue(busy < BUSY_MAX, "the threads that write were busy for " + busy + " of the time");
            }
        }
        Processes.await(Processes.await(joining).close());
    }

    private static long nanosOfWriters() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().contains(".IO.thread-out-"))
                .mapToLong(ThreadInfo::getThreadId)
                .map(threads::getThreadCpuTime)
                .sum();
    }
}
