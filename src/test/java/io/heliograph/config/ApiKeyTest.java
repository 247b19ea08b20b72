package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The token of the server API as it is configured, and what keeps it out of errors. */
class ApiKeyTest {
    private static final String TOKEN = "HELIOGRAPH_API_TOKEN";
    private static final String SHORTEST = "hunter2!\"#$%&'()*+,-./:;<=>?@[]~";

    private final Configurations configurations = new Configurations();

    @TempDir
    private Path directory = Path.of("");

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    @Test
    void anythingThatFitsIntoAHeaderAndIsLongEnoughIsAToken() throws Exception {
        assertEquals(32, SHORTEST.length());
        for (var text : new String[] {SHORTEST, "x".repeat(255)}) {
            assertEquals(
                    Optional.of(new Secret(text)),
                    configurations.load(Map.of(TOKEN, text)).settings().api().token());
        }
    }

    @Test
    void anEmptyOneIsNone() throws Exception {
        assertEquals(
                Optional.empty(),
                configurations.load(Map.of(TOKEN, "")).settings().api().token());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hunter2",
                "hunter2-hunter2-hunter2-hunter2",
                "hunter2 hunter2 hunter2 hunter2 hunter2",
                "hunter2-hunter2-hunter2-hunter2-hunter2\n",
                "hunter2-hunter2-hunter2-hunter2-hunter2\u00e9"
            })
    void whatCannotBeOneStopsTheStartAndIsNotShown(String text) {
        assertEquals(
                "api.token: (not shown) from " + TOKEN
                        + " (expected: 32 to 255 printable ASCII characters without space, or nothing)",
                configurations.failure(Map.of(TOKEN, text)));
    }

    @Test
    void oneThatIsTooLongIsNotShownEither() {
        assertFalse(configurations.failure(Map.of(TOKEN, "hunter2".repeat(37))).contains("hunter"));
    }

    @Test
    void inTheWrongPlaceItIsNotShownEither() throws Exception {
        for (var text : new String[] {"{hunter2: }", "{hunter2}", "*hunter2", "\"hunter2", "[[hunter2]]"}) {
            var file = Files.writeString(directory.resolve("own.yaml"), "api:\n  token: " + text + "\n");
            var failure = configurations.failure(Map.of("HELIOGRAPH_CONFIG", file.toString()));
            assertFalse(failure.contains("hunter"), failure);
        }
    }

    @Test
    void whatWasReadDoesNotShowItAndTheHashDoesNotDependOnIt() throws Exception {
        var loaded = configurations.load(Map.of(TOKEN, SHORTEST));
        assertFalse(loaded.toString().contains("hunter"), loaded.toString());
        assertEquals(configurations.load(Map.of()).hash(), loaded.hash());
    }

    @Test
    void noSettingsHaveATokenThatCouldBeGuessed() {
        var tooShort = Optional.of(new Secret("hunter2"));
        var refused = assertThrows(IllegalArgumentException.class, () -> new Settings.Api(tooShort));
        assertEquals("length of api.token: 7 (expected: 32 to 255)", refused.getMessage());
    }
}
