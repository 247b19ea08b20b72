package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process really finds in its environment and its system properties. */
class EnvironmentTest {

    @Test
    void aProcessReadsItsEnvironmentAndPropertiesRaw() throws Exception {
        assertEquals(
                "http.host: 0123 http.port: 4001 members: [a:1, b:2]",
                run(
                        Path.of(""),
                        "HELIOGRAPH_HTTP_HOST=0123",
                        "HELIOGRAPH_HTTP_PORT=4000",
                        "HELIOGRAPH_CLUSTER_MEMBERS=a:1,b:2"));
    }

    @Test
    void aProcessSaysWhatIsWrongWithItsEnvironment() throws Exception {
        assertEquals(
                "cluster.enabled: TRUE from HELIOGRAPH_CLUSTER_ENABLED (expected: true or false)",
                run(Path.of(""), "HELIOGRAPH_CLUSTER_ENABLED=TRUE"));
    }

    @Test
    void theFileInTheWorkingDirectoryWinsOverTheOneInTheJar(@TempDir Path directory) throws Exception {
        assertEquals("http.host: 0.0.0.0 http.port: 4001 members: [127.0.0.1:5701, 127.0.0.1:5702]", run(directory));

        Files.createDirectory(directory.resolve("conf"));
        Files.writeString(directory.resolve("conf/heliograph.yaml"), "http.host: 10.0.0.1\n");
        assertEquals("http.host: 10.0.0.1 http.port: 4001 members: [127.0.0.1:5701, 127.0.0.1:5702]", run(directory));
    }

    private static String run(Path directory, String... environment) throws Exception {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var builder = new ProcessBuilder(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                "-Dheliograph.http.port=4001",
                EnvironmentTest.class.getName());
        builder.directory(directory.toAbsolutePath().toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith(Keys.ENVIRONMENT_PREFIX));
        for (var variable : environment) {
            int equals = variable.indexOf('=');
            builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
        }
        builder.redirectError(ProcessBuilder.Redirect.INHERIT);
        var process = builder.start();
        try (var output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroy();
            process.waitFor();
        }
    }

    /** The child: prints what it was told. */
    public static void main(String[] arguments) throws Exception {
        var vertx = Vertx.vertx();
        try {
            var settings = Configuration.load(vertx)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get()
                    .settings();
            System.out.println("http.host: " + settings.http().host() + " http.port: "
                    + settings.http().port() + " members: " + settings.cluster().members());
        } catch (ExecutionException e) {
            System.out.println(String.valueOf(e.getCause()).replaceFirst("^[^:]*: ", ""));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }
}
