package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** Reads configurations for tests, as a process with the given environment and properties would. */
final class Configurations {
    private static final int SECONDS_MAX = 20;

    private final Vertx vertx = Vertx.vertx();

    Configuration load(Map<String, String> environment, Map<String, String> properties) throws Exception {
        return Configuration.load(vertx, environment, properties)
                .toCompletionStage()
                .toCompletableFuture()
                .get(SECONDS_MAX, TimeUnit.SECONDS);
    }

    Configuration load(Map<String, String> environment) throws Exception {
        return load(environment, Map.of());
    }

    /** The line with which the start fails. */
    String failure(Map<String, String> environment, Map<String, String> properties) {
        var failed = assertThrows(ExecutionException.class, () -> load(environment, properties));
        return Objects.requireNonNull(assertInstanceOf(ConfigurationException.class, failed.getCause())
                .getMessage());
    }

    String failure(Map<String, String> environment) {
        return failure(environment, Map.of());
    }

    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS_MAX, TimeUnit.SECONDS);
    }
}
