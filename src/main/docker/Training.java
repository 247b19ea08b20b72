import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What the server does while its AOT cache is made: it starts clustered, answers probes, a scrape and SockJS, and two clients
 * talk in a room; then it stops in order. Arguments: the command that starts it.
 */
final class Training {
    private static final Map<String, String> ENVIRONMENT = Map.of(
            "HELIOGRAPH_CLUSTER_ENABLED", "true",
            "HELIOGRAPH_CLUSTER_MEMBERS", "127.0.0.1:5701",
            "HELIOGRAPH_LIMITS_RATE", "100000",
            "HELIOGRAPH_LIMITS_BYTES", "1073741824",
            "HELIOGRAPH_LOG_FORMAT", "json");
    private static final int MESSAGES = 2_000;
    private static final int SECONDS_MAX = 120;

    private final HttpClient http = HttpClient.newHttpClient();

    public static void main(String[] command) throws Exception {
        var builder = new ProcessBuilder(List.of(command)).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(ENVIRONMENT);
        var server = builder.start();
        try (var output = new BufferedReader(new InputStreamReader(server.getInputStream()))) {
            var line = output.readLine();
            if (line == null || !line.startsWith("ready ")) {
                throw new IllegalStateException("server: " + line + " (expected: ready …)");
            }
            new Training().use();
            // Not by the process, which would close its output: the JVM has yet to say how the cache came out.
            server.toHandle().destroy();
            output.lines().forEach(System.out::println);
        } finally {
            server.destroy();
        }
        if (!server.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            server.destroyForcibly();
            throw new IllegalStateException("server: not stopped after " + SECONDS_MAX + " s");
        }
    }

    private void use() throws Exception {
        for (var path : List.of(":9090/startupz", ":9090/readyz", ":9090/livez", ":9090/metrics", ":9090/state", ":8080/",
                ":8080/heliograph.js", ":8080/v1/sockjs/info")) {
            http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1" + path)).build(), BodyHandlers.ofString());
        }
        var joined = new CountDownLatch(2);
        // Each message comes to the other one, and is confirmed to its sender.
        var heard = new CountDownLatch(2 * MESSAGES);
        var one = connect(joined, heard);
        var other = connect(joined, heard);
        await("joined", joined);
        for (int i = 0; i < MESSAGES / 2; i++) {
            for (var client : List.of(one, other)) {
                say(client, "{\"type\":\"message\",\"id\":\"3\",\"room\":\"training\",\"data\":{\"sdp\":\"v=0\"}}");
            }
        }
        await("frames", heard);
        one.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        other.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
    }

    private static void await(String what, CountDownLatch latch) throws InterruptedException {
        if (!latch.await(SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new IllegalStateException(what + ": " + latch.getCount() + " missing");
        }
    }

    private WebSocket connect(CountDownLatch joined, CountDownLatch heard) {
        var client = http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:8080/v1/ws"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                        (text.toString().startsWith("{\"type\":\"joined\"") ? joined : heard).countDown();
                        socket.request(1);
                        return null;
                    }
                })
                .join();
        say(client, "{\"type\":\"hello\",\"id\":\"1\"}");
        say(client, "{\"type\":\"join\",\"id\":\"2\",\"room\":\"training\"}");
        return client;
    }

    private static void say(WebSocket client, String frame) {
        client.sendText(frame, true).join();
    }
}
