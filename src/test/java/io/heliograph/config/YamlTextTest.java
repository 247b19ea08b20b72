package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlTextTest {
    private final Configurations configurations = new Configurations();

    @TempDir
    private Path directory = Path.of("");

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    @Test
    void listsAndTextWithCommasAreTheSame() throws Exception {
        for (var text : List.of("members: [a:1, b:2]", "members: a:1,b:2", "members:\n    - a:1\n    - 'b:2'")) {
            var file = file("cluster:\n  " + text + "\n");
            assertEquals(
                    List.of("a:1", "b:2"),
                    configurations
                            .load(Map.of("HELIOGRAPH_CONFIG", file))
                            .settings()
                            .cluster()
                            .members());
        }
    }

    @Test
    void anEmptyFileSaysNothing() throws Exception {
        for (var text : List.of("", "# nothing\n", "---\n", "\uFEFF# nothing\n")) {
            assertEquals(
                    8080,
                    configurations
                            .load(Map.of("HELIOGRAPH_CONFIG", file(text)))
                            .settings()
                            .http()
                            .port());
        }
    }

    @Test
    void anEscapeThatStandsForNothingIsOneLineWithoutTheText() throws Exception {
        for (var text : List.of("a: \"\\u", "a: \"\\x", "a: \"\\Uffffffff\"")) {
            assertEquals("an escape in double quotes that stands for nothing (expected: YAML)", failure(text));
        }
    }

    @Test
    void brokenYamlIsOneLineWithItsPlace() throws Exception {
        var failure = failure("http:\n  port: 1\n host: a\n");
        assertTrue(failure.startsWith("line 3, column 2: "), failure);
        assertTrue(failure.endsWith(" (expected: YAML)"), failure);
        assertEquals(1, failure.lines().count());
    }

    @Test
    void aKeyThatComesTwiceStopsTheStart() throws Exception {
        assertEquals("line 3, column 3: http.port (expected: each key once)", failure("http:\n  port: 1\n  port: 2\n"));
        assertEquals(
                "line 3, column 1: http (expected: each key once)", failure("http:\n  port: 1\nhttp:\n  host: a\n"));
        assertEquals(
                "line 3, column 1: http.port (expected: each key once)", failure("http:\n  port: 1\nhttp.port: 2\n"));
    }

    @Test
    void aliasesCannotMultiply() throws Exception {
        var failure = failure("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n");
        assertTrue(failure.contains("aliases"), failure);
        assertEquals(1, failure.lines().count());
    }

    @Test
    void aFileThatNestsTooDeepStopsTheStart() throws Exception {
        var failure = failure("a: " + "[".repeat(10_000));
        assertTrue(failure.contains("(expected: YAML)"), failure);
    }

    @Test
    void noObjectIsMadeFromAFile() throws Exception {
        var failure = failure("http:\n  port: !!java.net.URL ['http://localhost']\n");
        assertTrue(failure.contains("tag is not allowed"), failure);
    }

    @Test
    void aListAtTheTopStopsTheStart() throws Exception {
        assertEquals("line 1, column 1: a sequence (expected: keys with values)", failure("- a\n"));
    }

    @Test
    void aListOfMapsStopsTheStart() throws Exception {
        assertEquals(
                "line 1, column 19: a mapping (expected: a list of plain values)",
                failure("cluster.members: [{a: b}]\n"));
    }

    @Test
    void bytesThatAreNoUtf8StopTheStart() throws Exception {
        var file =
                Files.write(directory.resolve("own.yaml"), "http.host: \u00e9".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals(
                file + ": not UTF-8 (expected: a YAML file in UTF-8)",
                configurations.failure(Map.of("HELIOGRAPH_CONFIG", file.toString())));
    }

    @Test
    void aDirectoryIsNoFile() {
        var failure = configurations.failure(Map.of("HELIOGRAPH_CONFIG", directory.toString()));
        assertTrue(failure.contains("from HELIOGRAPH_CONFIG (expected: a YAML file that can be read; "), failure);
    }

    /** What is said after the file's name. */
    private String failure(String text) throws Exception {
        var file = file(text);
        var failure = configurations.failure(Map.of("HELIOGRAPH_CONFIG", file));
        assertTrue(failure.startsWith(file + ": "), failure);
        return failure.substring(file.length() + 2);
    }

    private String file(String text) throws Exception {
        return Files.writeString(directory.resolve("own.yaml"), text).toString();
    }
}
