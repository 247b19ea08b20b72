package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.heliograph.protocol.Settings;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where spans go, and how many relays are followed. */
class TracingKeysTest {
    private static final String ENDPOINT = "HELIOGRAPH_TRACING_ENDPOINT";
    private static final String RATIO = "HELIOGRAPH_TRACING_RATIO";

    private final Configurations configurations = new Configurations();

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    private Settings.Tracing tracing(Map<String, String> environment) throws Exception {
        return configurations.load(environment).settings().tracing();
    }

    @Test
    void nothingIsFollowedUnlessSomebodyWantsToKnow() throws Exception {
        assertEquals(Optional.empty(), tracing(Map.of()).endpoint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://otel-collector:4318",
                "https://collector.example.org",
                "http://10.0.0.1:4318/",
                "http://[2001:db8::1]:4318/otlp"
            })
    void aCollectorHasAnAddressOnTheWeb(String endpoint) throws Exception {
        assertEquals(Optional.of(endpoint), tracing(Map.of(ENDPOINT, endpoint)).endpoint());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "otel-collector:4318",
                "grpc://a:4317",
                "HTTP://a",
                "http://",
                "http:a",
                "http://a_b:4318",
                "http://a:0",
                "http://a:65536",
                "http://a:b",
                "http://[::::]:1",
                "http://a?key=1",
                "http://a#b",
                "http://a b",
                "on"
            })
    void whatIsNoneStopsTheStart(String endpoint) {
        assertEquals(
                "tracing.endpoint: " + endpoint + " from " + ENDPOINT
                        + " (expected: http://host:port or https://host:port, with a path or without, or nothing)",
                configurations.failure(Map.of(ENDPOINT, endpoint)));
    }

    @Test
    void aPasswordInTheAddressStopsTheStartAndIsNotShown() {
        String failure = configurations.failure(Map.of(ENDPOINT, "http://web:hunter2@a"));
        assertFalse(failure.contains("hunter2"), failure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1", "0.5", "1.0", "0.000001"})
    void aShareIsBetweenNothingAndAll(String ratio) throws Exception {
        assertEquals(Double.parseDouble(ratio), tracing(Map.of(RATIO, ratio)).ratio());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1.1", "2", "-0.1", ".5", "0,5", "1e-3", "10%", "NaN"})
    void whatIsNoShareStopsTheStart(String ratio) {
        assertEquals(
                "tracing.ratio: " + (ratio.isEmpty() ? "\"\"" : ratio) + " from " + RATIO
                        + " (expected: a share, 0 to 1, such as 0.05)",
                configurations.failure(Map.of(RATIO, ratio)));
    }
}
