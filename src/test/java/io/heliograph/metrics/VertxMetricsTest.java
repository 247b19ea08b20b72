package io.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VertxMetricsTest {
    private static final Pattern LABEL = Pattern.compile("[{,]([a-z_]+)=\"");

    private final Metrics metrics = new Metrics();
    private final Vertx vertx = Vertx.builder()
            .with(new VertxOptions().setMetricsOptions(metrics.options(false)))
            .withMetrics(metrics.vertxMetrics())
            .build();

    @BeforeEach
    void callAServer() throws Exception {
        HttpServer server = await(vertx.createHttpServer()
                .requestHandler(asked -> asked.response().end(asked.path()))
                .listen(0, "127.0.0.1"));
        var client = vertx.createHttpClient();
        for (var path : Set.of("/one", "/two?secret=three")) {
            await(client.request(HttpMethod.valueOf("BREW"), server.actualPort(), "127.0.0.1", path)
                    .compose(request -> request.send().compose(HttpClientResponse::end)));
        }
        await(vertx.executeBlocking(() -> ""));
        var consumer = vertx.eventBus().consumer("an-address", message -> message.reply(""));
        await(vertx.eventBus().request("an-address", ""));
        await(consumer.unregister());
        await(client.close());
    }

    @AfterEach
    void close() throws Exception {
        await(vertx.close());
    }

    @Test
    void theSeriesOfVertxNettyAndTheJvmAreThere() {
        var text = metrics.scrape();
        for (var name : Set.of(
                "vertx_http_server_requests_total",
                "vertx_http_server_active_connections",
                "vertx_eventbus_sent_total",
                "vertx_pool_queue_pending",
                "netty_eventexecutor_tasks_pending",
                "jvm_memory_used_bytes",
                "jvm_gc_memory_allocated_bytes_total",
                "jvm_threads_live_threads",
                "jvm_classes_loaded_classes",
                "process_uptime_seconds",
                "process_cpu_usage",
                "process_cpu_seconds_total",
                "process_files_open_files",
                "process_files_max_files")) {
            assertTrue(text.lines().anyMatch(line -> line.startsWith(name)), name + " in\n" + text);
        }
    }

    @Test
    void nothingAClientChoosesIsALabel() {
        var text = metrics.scrape();
        assertFalse(text.contains("BREW"), text);
        assertFalse(text.contains("/one"), text);
        assertFalse(text.contains("three"), text);
        assertFalse(text.contains("an-address"), text);
        var labels = new TreeSet<String>();
        text.lines().filter(line -> line.startsWith("vertx_")).forEach(line -> {
            var matcher = LABEL.matcher(line);
            while (matcher.find()) {
                labels.add(matcher.group(1));
            }
        });
        assertEquals(new TreeSet<>(Set.of("code", "pool_name", "pool_type", "side")), labels);
    }

    private static <T> T await(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
}
