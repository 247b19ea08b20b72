package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.fuzz.FuzzTarget;
import io.vertx.core.buffer.Buffer;
import java.util.Map;

/** A configuration file is texts by their keys, or what is wrong with it is said in one line. */
public class YamlFuzzTest extends FuzzTarget {

    public static void fuzzerTestOneInput(byte[] file) {
        new YamlFuzzTest().check(file);
    }

    @Override
    protected void check(byte[] file) {
        // Of its own file, which is read once, an operator may ask what the parser takes: nearly a kilobyte for a byte.
        parse(file).forEach((key, value) -> assertTrue(value instanceof String, key));
    }

    private static Map<String, Object> parse(byte[] file) {
        try {
            return YamlText.read(Buffer.buffer(file));
        } catch (ConfigurationException wrong) {
            String problem = String.valueOf(wrong.getMessage());
            assertEquals(OneLine.of(problem), problem);
            return Map.of();
        }
    }
}
