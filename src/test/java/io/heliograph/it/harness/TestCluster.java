package io.heliograph.it.harness;

import io.heliograph.it.harness.TestClient.Received;
import io.heliograph.it.harness.TestClients.Transport;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/** Several server processes on this machine that are one cluster. */
public final class TestCluster implements AutoCloseable {
    /** Below what the system gives to outgoing connections. */
    private static final int LINK_TRIES = 4;

    private static final int PORT_MIN = 20_000;

    private static final int PORT_MAX = 32_000;
    private static final Duration TOGETHER_WITHIN = Duration.ofSeconds(60);

    private final List<Integer> clusterPorts = new ArrayList<>();
    private final List<ServerProcess> servers = new ArrayList<>();
    private final JsonObject hello;
    private final Map<String, String> environment = new HashMap<>();

    private TestCluster(int processes, Map<String, String> extra, JsonObject hello) {
        this.hello = hello;
        for (int i = 0; i < processes; i++) {
            clusterPorts.add(freePort());
        }
        environment.put("HELIOGRAPH_CLUSTER_ENABLED", "true");
        environment.put("HELIOGRAPH_CLUSTER_BUS_PORT", "0");
        environment.put(
                "HELIOGRAPH_CLUSTER_MEMBERS",
                clusterPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(",")));
        // Who is closed at once need not be waited for; where it is about moving, a test says so.
        environment.put("HELIOGRAPH_DRAIN_DELAY", "0");
        environment.put("HELIOGRAPH_DRAIN_WITHIN", "0");
        environment.putAll(extra);
    }

    /** Starts all processes at the same moment, and returns when every node reaches every other. */
    public static TestCluster start(int processes, Map<String, String> extra) {
        return start(processes, extra, new JsonObject());
    }

    /** The same, where clients have to say {@code hello}. */
    public static TestCluster start(int processes, Map<String, String> extra, JsonObject hello) {
        return new TestCluster(processes, extra, hello).start(List.of());
    }

    /** The same, where the first processes are as they were at the commits {@code earlier}. */
    public static TestCluster startMixed(List<String> earlier, int processes, Map<String, String> extra) {
        return new TestCluster(processes, extra, new JsonObject()).start(earlier);
    }

    private TestCluster start(List<String> earlier) {
        try {
            for (int port : clusterPorts) {
                servers.add(
                        servers.size() < earlier.size()
                                ? ServerProcess.launchEarlier(earlier.get(servers.size()), environmentAt(port))
                                : ServerProcess.launch(environmentAt(port)));
            }
            servers.forEach(ServerProcess::awaitReady);
            awaitTogether();
            return this;
        } catch (AssertionError failure) {
            servers.forEach(ServerProcess::kill);
            throw failure;
        }
    }

    public ServerProcess server(int index) {
        return servers.get(index);
    }

    /** The public ports of the processes that run. */
    public List<Integer> ports() {
        return servers.stream().map(server -> server.ports().http()).toList();
    }

    public List<JsonObject> states() {
        return servers.stream().map(server -> server.management().state()).toList();
    }

    /** Ends one with {@code kill -9}; those behind it move up. */
    public void kill(int index) {
        ServerProcess victim = servers.remove(index);
        clusterPorts.remove(index);
        victim.kill();
        victim.close();
    }

    /** Stops one with SIGTERM; returns at once. */
    public void terminate(int index) {
        servers.get(index).terminate();
    }

    /** Waits for the end of one that was told to stop. */
    public void awaitEnd(int index) {
        servers.get(index).awaitExit();
    }

    /** Waits for the end of one that was told to stop, and starts it again at the same place. */
    public void startAgain(int index) {
        servers.get(index).close();
        servers.set(index, ServerProcess.launch(environmentAt(clusterPorts.get(index))));
        servers.get(index).awaitReady();
        awaitTogether();
    }

    /** Returns when all processes know of each other and a frame gets from every node to every other. */
    public void awaitTogether() {
        Await.until(TOGETHER_WITHIN, () -> {
            for (ServerProcess server : servers) {
                int known =
                        server.management().state().getJsonArray("processes").size();
                if (known != servers.size()) {
                    return Optional.of(server.ports() + " knows " + known + " processes");
                }
                if (server.management().get("/startupz").statusCode() != 200) {
                    return Optional.of(server.ports() + " has not started");
                }
            }
            return Optional.empty();
        });
        awaitLinks();
    }

    /** A room with a member on every node finds out whether all of them hear each other. */
    private void awaitLinks() {
        int instances = states().stream()
                .mapToInt(state -> state.getJsonArray("nodes").size())
                .max()
                .orElseThrow();
        try (TestClients clients = new TestClients(transport())) {
            List<TestClient> members = clients.enter(servers.size() * instances, ports(), hello);
            members.forEach(member ->
                    Await.soon(member.askPatiently(TestClient.joining("everybody"), LINK_TRIES), "join of " + member));
            Await.until(
                    TOGETHER_WITHIN,
                    () -> members.stream()
                            .filter(member -> Roster.seenBy(member, "everybody").size() != members.size())
                            .map(member -> "not everybody seen by " + member + ": "
                                    + member.frames().all(Received::isOfRoom))
                            .findFirst());
            members.forEach(member -> Await.soon(member.close(), "close"));
        }
        Await.until(
                TOGETHER_WITHIN,
                () -> Consistency.roster(states(), "everybody").isEmpty()
                        ? Optional.empty()
                        : Optional.of("somebody left in the room for everybody"));
    }

    private Transport transport() {
        return environment.getOrDefault("HELIOGRAPH_HTTP_TLS", "off").equals("off")
                ? Transport.WEBSOCKET
                : Transport.WEBSOCKET_OVER_TLS;
    }

    /** Stops all, one after the other. */
    @Override
    public void close() {
        servers.forEach(ServerProcess::terminate);
        AssertionError failure = null;
        for (ServerProcess server : servers) {
            try {
                server.close();
            } catch (AssertionError error) {
                failure = error;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private Map<String, String> environmentAt(int clusterPort) {
        Map<String, String> own = new HashMap<>(environment);
        own.put("HELIOGRAPH_CLUSTER_PORT", String.valueOf(clusterPort));
        return own;
    }

    /** A port of the loopback that nobody listens on. */
    public static int freePort() {
        for (int attempt = 0; attempt < 1_000; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            try (ServerSocket probe = new ServerSocket()) {
                probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return port;
            } catch (IOException taken) {
                // The next one may be free.
            }
        }
        throw new AssertionError("no free port");
    }
}
