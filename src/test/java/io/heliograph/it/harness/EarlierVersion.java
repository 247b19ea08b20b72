package io.heliograph.it.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.tools.ToolProvider;

/**
 * The server as it was at an earlier commit: its sources and what goes with them come from the history and are compiled here; the
 * libraries are those of today's jar.
 */
public final class EarlierVersion {
    /** Its nodes speak version 3 of the link: without traces, and without {@code Seek}. */
    public static final String LINK_3 = "e1f0fcf5d6c3405e3b22216c556bb28694a32af9";

    /** Its nodes speak version 4 of the link. */
    public static final String LINK_4 = "40d27bbc2167cbebc722d719405749cd207e85ce";

    private static final String SOURCES = "src/main/java/";
    private static final String RESOURCES = "src/main/resources/";

    private EarlierVersion() {}

    /** What tells a JVM to run it. */
    static List<String> commandLine(String commit) {
        try {
            return List.of("-cp", classes(commit) + ":" + ServerProcess.JAR, "io.heliograph.Main");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static Path classes(String commit) throws IOException {
        Path classes = ServerProcess.JAR.resolveSibling("earlier-" + commit);
        if (!Files.exists(classes)) {
            Path made = Files.createTempDirectory(ServerProcess.JAR.getParent(), "earlier");
            compile(sources(commit, made), made);
            Files.move(made, classes);
        }
        return classes;
    }

    /** Puts everything else into {@code classes}. */
    private static Path sources(String commit, Path classes) throws IOException {
        Path sources = Files.createTempDirectory("heliograph-earlier");
        Path archive = sources.resolve("archive.zip");
        Process git = new ProcessBuilder(
                        "git",
                        "archive",
                        "--format=zip",
                        "--output=" + archive,
                        commit,
                        SOURCES,
                        RESOURCES,
                        "conf/heliograph.yaml",
                        "webroot")
                .inheritIO()
                .start();
        Await.soon(git.onExit(), "end of git");
        if (git.exitValue() != 0) {
            throw new AssertionError("git archive " + commit + " failed: this test needs the history of the project");
        }
        try (ZipInputStream zip = new ZipInputStream(Files.newInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (!entry.isDirectory()) {
                    write(zip, place(entry.getName(), sources, classes));
                }
            }
        }
        return sources;
    }

    private static Path place(String name, Path sources, Path classes) {
        return name.startsWith(SOURCES)
                ? sources.resolve(name.substring(SOURCES.length()))
                : classes.resolve(name.startsWith(RESOURCES) ? name.substring(RESOURCES.length()) : name);
    }

    private static void write(InputStream content, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.copy(content, file);
    }

    private static void compile(Path sources, Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(
                List.of("-nowarn", "-proc:none", "-cp", ServerProcess.JAR.toString(), "-d", classes.toString()));
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::toString)
                    .forEach(arguments::add);
        }
        int result = ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new));
        if (result != 0) {
            throw new AssertionError("the earlier version does not compile against the libraries of this one");
        }
    }
}
