package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.heliograph.protocol.Origin;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which pages may connect. */
class OriginKeyTest {
    private static final String ORIGINS = "HELIOGRAPH_HTTP_ORIGINS";

    private final Configurations configurations = new Configurations();

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    private List<Origin> origins(Map<String, String> environment) throws Exception {
        return configurations.load(environment).settings().http().origins();
    }

    @Test
    void allMayUnlessSomeAreNamed() throws Exception {
        assertEquals(List.of(), origins(Map.of()));
    }

    @Test
    void thoseThatAreNamedMay() throws Exception {
        assertEquals(
                List.of(
                        new Origin("https", "app.example.org", OptionalInt.of(443)),
                        new Origin("http", "localhost", OptionalInt.of(3_000)),
                        new Origin("capacitor", "localhost", OptionalInt.empty())),
                origins(Map.of(ORIGINS, "https://app.example.org, http://localhost:3000,capacitor://localhost")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*",
                "null",
                "app.example.org",
                "https://",
                "https://app.example.org/",
                "https://app.example.org/demo",
                "https://*.example.org",
                "https://a b",
                "https://a:0",
                "https://a:65536",
                "https://a:",
                "https://bücher.example",
                "//a",
                "https://a,",
                "https://a https://b",
                "https://a,b"
            })
    void whatIsNoOriginStopsTheStart(String text) {
        assertEquals(
                "http.origins: " + text + " from " + ORIGINS
                        + " (expected: https://host or https://host:port, or the same with another scheme, without a path,"
                        + " separated by commas)",
                configurations.failure(Map.of(ORIGINS, text)));
    }

    @Test
    void aPasswordInOneStopsTheStartAndIsNotShown() {
        String failure = configurations.failure(Map.of(ORIGINS, "https://me:hunter2@a"));
        assertFalse(failure.contains("hunter2"), failure);
    }

    @Test
    void serversWithOtherOriginsServeClientsOtherwise() throws Exception {
        assertNotEquals(
                configurations.load(Map.of(ORIGINS, "https://a")).hash(),
                configurations.load(Map.of(ORIGINS, "https://b")).hash());
    }
}
