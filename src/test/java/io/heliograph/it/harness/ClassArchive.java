package io.heliograph.it.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The classes of a server as the JVM keeps them, beside the jar: with them a start takes a third of the processor. Made anew for each
 * jar.
 */
final class ClassArchive {
    private static final Path FILE = of(ServerProcess.JAR);

    private ClassArchive() {}

    static Path file() {
        return FILE;
    }

    private static Path of(Path jar) {
        Path archive = jar.resolveSibling("heliograph.jsa");
        try {
            boolean made = Files.exists(archive)
                    && Files.getLastModifiedTime(archive).compareTo(Files.getLastModifiedTime(jar)) > 0;
            if (!made) {
                Files.deleteIfExists(archive);
                Path directory = Files.createTempDirectory("heliograph-classes");
                directory.toFile().deleteOnExit();
                try (ServerProcess server = ServerProcess.launch(
                        directory,
                        Map.of(
                                "HELIOGRAPH_CLUSTER_ENABLED", "true",
                                "HELIOGRAPH_CLUSTER_PORT", String.valueOf(TestCluster.freePort()),
                                "HELIOGRAPH_CLUSTER_BUS_PORT", "0"),
                        List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar.toString()))) {
                    server.awaitReady();
                }
            }
            return archive;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
