package io.heliograph.config;

import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads what there is, as text, through Vert.x Config. One retriever for each source, so that an error can say where a value
 * came from.
 */
final class Sources {
    /** In the working directory, or else inside the jar. */
    static final String STANDARD_FILE = "conf/heliograph.yaml";

    private static final Map<String, String> PATH_BY_ENVIRONMENT_NAME =
            Keys.ALL.stream().collect(Collectors.toUnmodifiableMap(Key::environmentName, Key::path));

    private final Vertx vertx;
    private final ConfigStoreOptions environment;
    private final ConfigStoreOptions properties;

    Sources(Vertx vertx, ConfigStoreOptions environment, ConfigStoreOptions properties) {
        this.vertx = vertx;
        this.environment = environment;
        this.properties = properties;
    }

    /**
     * All that was found.
     *
     * @param layers values by path; a later layer wins over an earlier one
     * @param ignored environment variables that only look like ours
     */
    record Found(List<Map<String, Value>> layers, SortedSet<String> ignored) {}

    Future<Found> read() {
        var environmentRead = retrieve(environment);
        var propertiesRead = retrieve(properties);
        return Future.all(environmentRead, propertiesRead).compose(all -> {
            var ignored = new TreeSet<String>();
            var fromEnvironment = environmentLayer(texts(environmentRead.result()), ignored);
            var fromProperties = propertyLayer(texts(propertiesRead.result()));
            var named = lastOf(fromEnvironment.remove(Keys.CONFIG), fromProperties.remove(Keys.CONFIG));
            return files(named).map(fromFiles -> {
                var layers = new ArrayList<>(fromFiles);
                layers.add(fromEnvironment);
                layers.add(fromProperties);
                return new Found(List.copyOf(layers), ignored);
            });
        });
    }

    private Future<List<Map<String, Value>>> files(Optional<Value> named) {
        var standard = fileLayer(new Value(STANDARD_FILE, "the working directory and the jar"));
        return named.map(file -> standard.compose(first -> fileLayer(file).map(second -> List.of(first, second))))
                .orElseGet(() -> standard.map(List::of));
    }

    private Future<Map<String, Value>> fileLayer(Value file) {
        var store = new ConfigStoreOptions()
                .setType("file")
                .setFormat(YamlText.FORMAT)
                .setConfig(new JsonObject().put("path", file.text()));
        return retrieve(store)
                .recover(cause -> Future.failedFuture(unreadable(file, cause)))
                .map(json -> {
                    var layer = new TreeMap<String, Value>();
                    texts(json).forEach((path, text) -> layer.put(path, new Value(text, file.text())));
                    return layer;
                });
    }

    private static ConfigurationException unreadable(Value file, Throwable cause) {
        if (cause instanceof ConfigurationException) {
            return new ConfigurationException(file.shown() + ": " + cause.getMessage());
        }
        var root = cause.getCause() == null ? cause : cause.getCause();
        var reason = root instanceof NoSuchFileException
                ? "there is none"
                : root.getClass().getSimpleName() + ": " + OneLine.of(String.valueOf(root.getMessage()));
        return new ConfigurationException("%s: %s from %s (expected: a YAML file that can be read; %s)"
                .formatted(Keys.CONFIG, file.shown(), file.origin(), reason));
    }

    private static Map<String, Value> environmentLayer(Map<String, String> variables, SortedSet<String> ignored) {
        var layer = new TreeMap<String, Value>();
        variables.forEach((name, text) -> {
            if (!name.startsWith(Keys.ENVIRONMENT_PREFIX)) {
                return;
            }
            if (ServiceLinks.matches(name, text)) {
                ignored.add(name);
            } else {
                layer.put(pathOf(name), new Value(text, name));
            }
        });
        return layer;
    }

    /** Of an unknown variable, a path that comes close enough to be recognised. */
    private static String pathOf(String name) {
        var known = PATH_BY_ENVIRONMENT_NAME.get(name);
        return known != null
                ? known
                : name.substring(Keys.ENVIRONMENT_PREFIX.length())
                        .toLowerCase(Locale.ROOT)
                        .replace('_', '.');
    }

    private static Map<String, Value> propertyLayer(Map<String, String> properties) {
        var layer = new TreeMap<String, Value>();
        properties.forEach((name, text) -> {
            if (name.startsWith(Keys.PROPERTY_PREFIX)) {
                layer.put(name.substring(Keys.PROPERTY_PREFIX.length()), new Value(text, name));
            }
        });
        return layer;
    }

    private static Optional<Value> lastOf(@Nullable Value first, @Nullable Value second) {
        return Optional.ofNullable(second == null ? first : second)
                .filter(value -> !value.text().isEmpty());
    }

    private Future<JsonObject> retrieve(ConfigStoreOptions store) {
        var options = new ConfigRetrieverOptions()
                .setIncludeDefaultStores(false)
                .setScanPeriod(-1)
                .addStore(store);
        var retriever = ConfigRetriever.create(vertx, options);
        return retriever.getConfig().eventually(retriever::close);
    }

    private static Map<String, String> texts(JsonObject json) {
        var texts = new TreeMap<String, String>();
        json.forEach(entry -> texts.put(entry.getKey(), String.valueOf(entry.getValue())));
        return texts;
    }
}
