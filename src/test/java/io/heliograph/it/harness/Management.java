package io.heliograph.it.harness;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** The management port of one server. */
public record Management(int port) {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    public HttpResponse<String> get(String path) {
        return ask("GET", path);
    }

    public HttpResponse<String> post(String path) {
        return ask("POST", path);
    }

    private HttpResponse<String> ask(String method, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(10))
                .build();
        return Await.soon(HTTP.sendAsync(request, BodyHandlers.ofString()), "answer to " + path);
    }

    public JsonObject state() {
        return new JsonObject(get("/state").body());
    }

    /** Every series of ours with its value, as {@code name{labels}}. */
    public Map<String, Double> metrics() {
        Map<String, Double> series = new TreeMap<>();
        get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith("heliograph_"))
                .forEach(line -> {
                    int space = line.lastIndexOf(' ');
                    series.put(line.substring(0, space), Double.parseDouble(line.substring(space + 1)));
                });
        return series;
    }

    /** How many connections have ended with a close code so far, 1006 for those that broke. */
    public double closes(int code) {
        return metrics().getOrDefault("heliograph_closes_total{code=\"" + code + "\"}", 0.0);
    }
}
