package io.heliograph.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A process with a Hazelcast of another minor version, as a cluster of that name. */
public final class OtherHazelcast implements AutoCloseable {
    private static final String CONFIGURATION = """
            <hazelcast xmlns="http://www.hazelcast.com/schema/config">
              <cluster-name>heliograph</cluster-name>
              <properties><property name="hazelcast.phone.home.enabled">false</property></properties>
              <network>
                <port auto-increment="false">%1$d</port>
                <interfaces enabled="true"><interface>127.0.0.1</interface></interfaces>
                <join>
                  <auto-detection enabled="false"/>
                  <multicast enabled="false"/>
                  <tcp-ip enabled="true"><member>127.0.0.1:%1$d</member></tcp-ip>
                </join>
              </network>
            </hazelcast>
            """;

    private static final Duration STARTED_WITHIN = Duration.ofSeconds(40);

    private final Process process;
    private final int port;

    private OtherHazelcast(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts it on the loopback, and waits until it is a cluster. */
    public static OtherHazelcast start() {
        int port = TestCluster.freePort();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try {
            Path configuration = Files.createTempFile("other-hazelcast", ".xml");
            configuration.toFile().deleteOnExit();
            Files.writeString(configuration, CONFIGURATION.formatted(port));
            Process process = new ProcessBuilder(
                            java,
                            "-Dhazelcast.config=" + configuration,
                            "-cp",
                            ServerProcess.JAR
                                    .resolveSibling("other-hazelcast.jar")
                                    .toString(),
                            "com.hazelcast.core.server.HazelcastMemberStarter")
                    .redirectErrorStream(true)
                    .start();
            OtherHazelcast other = new OtherHazelcast(process, port);
            Recording<String> log = new Recording<>();
            var read = ServerProcess.record(process.getInputStream(), log);
            CompletableFuture<?> started = log.first(line -> line.endsWith("is STARTED"));
            try {
                Await.within(STARTED_WITHIN, CompletableFuture.anyOf(started, read), "start of another Hazelcast");
            } catch (AssertionError failure) {
                other.close();
                throw failure;
            }
            return other;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Where members find it. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void close() {
        process.toHandle().destroyForcibly();
        Await.soon(process.onExit(), "end of the other Hazelcast");
    }
}
