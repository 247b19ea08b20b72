package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Settings.LogFormat;
import io.heliograph.protocol.Settings.LogLevel;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a process writes, seen from outside. */
class LoggingTest {

    @Test
    void untilItIsConfiguredAProcessLogsTextFromInfoOn() throws Exception {
        var lines = run("before");
        assertEquals(1, lines.size(), lines.toString());
        assertTrue(lines.get(0).endsWith("INFO  Child: here key=value"), lines.get(0));
    }

    @Test
    void jsonIsWrittenOnRequest() throws Exception {
        var lines = run("json");
        assertEquals(2, lines.size(), lines.toString());
        assertEquals("detail", new JsonObject(lines.get(0)).getString("message"));
        assertEquals("here key=value", new JsonObject(lines.get(1)).getString("message"));
    }

    @Test
    void librariesAreNeverMoreTalkativeThanInfo() {
        Logging.apply(new Settings.Log(LogFormat.TEXT, LogLevel.DEBUG));
        try {
            assertTrue(LoggerFactory.getLogger("io.heliograph.routing").isDebugEnabled());
            assertFalse(LoggerFactory.getLogger("io.netty").isDebugEnabled());
            assertFalse(LoggerFactory.getLogger("com.hazelcast").isInfoEnabled());
            assertTrue(LoggerFactory.getLogger("com.hazelcast").isWarnEnabled());
        } finally {
            Logging.apply(new Settings.Log(LogFormat.TEXT, LogLevel.INFO));
        }
    }

    /** Lines on standard error of a process that writes nothing to standard output. */
    private static List<String> run(String argument) throws Exception {
        var process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        LoggingTest.class.getName(),
                        argument)
                .redirectErrorStream(false)
                .start();
        try (var errors = process.getErrorStream();
                var output = process.getInputStream()) {
            var lines = new String(errors.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertEquals(0, output.readAllBytes().length);
            return lines;
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /** The child: logs two events, one of them a detail. */
    public static void main(String[] arguments) {
        if (arguments[0].equals("json")) {
            Logging.apply(new Settings.Log(LogFormat.JSON, LogLevel.DEBUG));
        }
        var logger = LoggerFactory.getLogger("io.heliograph.Child");
        logger.debug("detail");
        logger.info("here key={}", "value");
    }
}
