package io.heliograph.config;

import io.heliograph.protocol.Settings;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process was told. Later sources win over earlier ones: {@code conf/heliograph.yaml}, the file named in
 * {@code HELIOGRAPH_CONFIG}, the environment, system properties.
 *
 * @param ignored environment variables that look like ours and were put there by Kubernetes
 */
public record Configuration(Settings settings, SortedSet<String> ignored) {
    private static final Logger LOG = LoggerFactory.getLogger(Configuration.class);

    /** Reads the sources of this process. Fails with a {@link ConfigurationException} when anything is wrong with them. */
    public static Future<Configuration> load(Vertx vertx) {
        var raw = new JsonObject().put("raw-data", true);
        return load(
                vertx,
                new ConfigStoreOptions().setType("env").setConfig(raw),
                new ConfigStoreOptions().setType("sys").setConfig(raw.copy().put("cache", false)));
    }

    /** The same with another environment and other system properties than this process has. */
    static Future<Configuration> load(Vertx vertx, Map<String, String> environment, Map<String, String> properties) {
        return load(vertx, texts(environment), texts(properties));
    }

    private static Future<Configuration> load(
            Vertx vertx, ConfigStoreOptions environment, ConfigStoreOptions properties) {
        int cores = Runtime.getRuntime().availableProcessors();
        return new Sources(vertx, environment, properties)
                .read()
                .map(found -> new Configuration(SettingsReader.read(found.layers(), cores), found.ignored()));
    }

    private static ConfigStoreOptions texts(Map<String, String> texts) {
        var json = new JsonObject();
        texts.forEach(json::put);
        return new ConfigStoreOptions().setType("json").setConfig(json);
    }

    /**
     * Eight hexadecimal digits that are very likely others where clients are served otherwise: by {@code http.origins}, {@code http.forwarded}, {@code http.proxies},
     * {@code auth} without its secrets, {@code session}, {@code drain}, {@code calls}, {@code ice} without its secrets, and {@code limits}.
     */
    public String hash() {
        List<Object> shared = List.of(
                settings.http().origins(),
                settings.http().proxies(),
                settings.auth(),
                settings.session(),
                settings.drain(),
                settings.calls(),
                settings.ice(),
                settings.limits());
        return HexFormat.of().toHexDigits(shared.toString().hashCode());
    }

    /** Logs what an operator may wonder about. */
    public void log() {
        if (!ignored.isEmpty()) {
            LOG.info("environment ignored reason=kubernetes-service-links names={}", String.join(",", ignored));
        }
    }
}
