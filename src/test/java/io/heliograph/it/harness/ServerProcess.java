package io.heliograph.it.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One server in a process of its own, run from the jar as a user would: {@code java -jar}, an environment, a directory. Only that
 * its JVM is told to do without what pays after minutes.
 */
public final class ServerProcess implements AutoCloseable {
    static final Path JAR = Path.of(
                    Objects.requireNonNull(System.getProperty("heliograph.jar"), "system property heliograph.jar"))
            .toAbsolutePath();

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);
    private static final Duration EXIT_WITHIN = Duration.ofSeconds(40);
    private static final Pattern READY = Pattern.compile("ready http=(\\d+) management=(\\d+) cluster=(\\d+|off)");

    private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("Total +\\d+ +(\\d+)");

    /** What the ready line says. */
    public record Ports(int http, int management, String cluster) {}

    /** How the process ended, and all it wrote. */
    public record Exit(int code, List<String> stdout, List<String> stderr) {}

    private final Process process;
    private final Path directory;
    private final Recording<String> stdout = new Recording<>();
    private final Recording<String> stderr = new Recording<>();
    private final CompletableFuture<Void> stdoutRead;
    private final CompletableFuture<Void> stderrRead;
    private boolean ended;

    private ServerProcess(Process process, Path directory) {
        this.process = process;
        this.directory = directory;
        this.stdoutRead = record(process.getInputStream(), stdout);
        this.stderrRead = record(process.getErrorStream(), stderr);
    }

    /** Starts a server in an empty directory, on free ports of the loopback unless {@code environment} says otherwise. */
    public static ServerProcess launch(Map<String, String> environment) {
        return launch(emptyDirectory(), environment);
    }

    private static Path emptyDirectory() {
        try {
            Path directory = Files.createTempDirectory("heliograph-it");
            directory.toFile().deleteOnExit();
            return directory;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The same in a given directory. */
    public static ServerProcess launch(Path directory, Map<String, String> environment) {
        return launch(
                directory,
                environment,
                List.of("-XX:SharedArchiveFile=" + ClassArchive.file(), "-jar", JAR.toString()));
    }

    /** Runs the jar with arguments, as a command. */
    public static ServerProcess command(Map<String, String> environment, List<String> arguments) {
        List<String> program = new ArrayList<>(List.of("-jar", JAR.toString()));
        program.addAll(arguments);
        return launch(emptyDirectory(), environment, program);
    }

    /** The same as it was at an earlier commit. */
    static ServerProcess launchEarlier(String commit, Map<String, String> environment) {
        return launch(emptyDirectory(), environment, EarlierVersion.commandLine(commit));
    }

    /** {@code program} tells the JVM what to run. */
    static ServerProcess launch(Path directory, Map<String, String> environment, List<String> program) {
        List<String> quickly = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:disable"));
        quickly.addAll(program);
        return run(directory, environment, quickly);
    }

    /** {@code arguments} are those of {@code java}. */
    private static ServerProcess run(Path directory, Map<String, String> environment, List<String> arguments) {
        List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(directory.toFile());
        Map<String, String> all = new TreeMap<>(Map.of(
                "HELIOGRAPH_HTTP_HOST", "127.0.0.1",
                "HELIOGRAPH_HTTP_PORT", "0",
                "HELIOGRAPH_MANAGEMENT_PORT", "0",
                "HELIOGRAPH_INSTANCES", "1"));
        all.putAll(environment);
        builder.environment().keySet().removeIf(name -> name.startsWith("HELIOGRAPH_"));
        builder.environment().putAll(all);
        try {
            return new ServerProcess(builder.start(), directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Starts a server and waits until it says that it is ready. */
    public static ServerProcess start(Map<String, String> environment) {
        return ready(launch(environment));
    }

    /** The same with the JVM's options of the image, for measuring; they are for JDK 25, which has to run this one too. */
    public static ServerProcess startAsInImage(Map<String, String> environment) {
        String options = "@" + Path.of("src/main/docker/jvm.options").toAbsolutePath();
        return ready(run(emptyDirectory(), environment, List.of(options, "-jar", JAR.toString())));
    }

    private static ServerProcess ready(ServerProcess server) {
        try {
            server.awaitReady();
            return server;
        } catch (AssertionError notReady) {
            server.kill();
            throw notReady;
        }
    }

    /** The same of one that holds no client back for how much it sends. */
    public static ServerProcess startUnpaced(Map<String, String> environment) {
        Map<String, String> all = new TreeMap<>(environment);
        all.put("HELIOGRAPH_LIMITS_RATE", "100000");
        all.put("HELIOGRAPH_LIMITS_BYTES", "1073741824");
        return start(all);
    }

    /** Waits for the ready line, or fails with what the server wrote instead. */
    public Ports awaitReady() {
        CompletableFuture<String> line = stdout.first(text -> true);
        CompletableFuture<?> exited = process.onExit().thenCombine(stdoutRead, (exit, read) -> exit);
        Await.within(READY_WITHIN, CompletableFuture.anyOf(line, exited), "ready or exit: " + stderr.tail());
        if (!line.isDone()) {
            throw new AssertionError("ended before it was ready: " + stderr.all());
        }
        return ports();
    }

    /** Where it listens; after it is ready. */
    public Ports ports() {
        String line = stdout.all().get(0);
        Matcher ready = READY.matcher(line);
        if (!ready.matches()) {
            throw new AssertionError("not a ready line: " + line);
        }
        return new Ports(
                Integer.parseInt(ready.group(1)),
                Integer.parseInt(ready.group(2)),
                Objects.requireNonNull(ready.group(3)));
    }

    public Management management() {
        return new Management(ports().management());
    }

    /** What it has logged so far and will. */
    public Recording<String> log() {
        return stderr;
    }

    public Path directory() {
        return directory;
    }

    /** Asks it to stop, as an operator would. */
    public void terminate() {
        process.toHandle().destroy();
    }

    /** Ends it from one moment to the next. */
    public void kill() {
        ended = true;
        process.toHandle().destroyForcibly();
        Await.within(EXIT_WITHIN, process.onExit(), "end after kill -9");
    }

    /** Lets it stand still, as a machine does that is suspended. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void thaw() {
        signal("CONT");
    }

    /** Resident memory, in bytes. */
    public long residentBytes() {
        try {
            String line = Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                    .filter(text -> text.startsWith("VmRSS:"))
                    .findFirst()
                    .orElseThrow();
            return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What it has had of the processors so far. */
    public Duration processorTime() {
        return process.info().totalCpuDuration().orElseThrow();
    }

    /** What is left on its heap by a collection, in bytes. */
    public long liveHeapBytes() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        try {
            Process histogram = new ProcessBuilder(jcmd, String.valueOf(process.pid()), "GC.class_histogram").start();
            return histogram
                    .inputReader()
                    .lines()
                    .map(HISTOGRAM_TOTAL::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(total -> Long.parseLong(total.group(1)))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Waits for its end by itself. */
    public Exit awaitExit() {
        Await.within(EXIT_WITHIN, process.onExit(), "exit; the log ends with " + stderr.tail());
        Await.soon(CompletableFuture.allOf(stdoutRead, stderrRead), "end of output");
        ended = true;
        return new Exit(process.exitValue(), stdout.all(), stderr.all());
    }

    /**
     * Stops it in good order, if it still runs, and fails if it has written a line on standard output beside the ready line or
     * has logged a defect.
     */
    @Override
    public void close() {
        if (!ended) {
            terminate();
            if (!exited()) {
                kill();
                throw new AssertionError("did not stop within " + EXIT_WITHIN + ": " + stderr.tail());
            }
        }
        if (stdout.all().size() > 1) {
            throw new AssertionError("standard output: " + stdout.all());
        }
        List<String> defects = defects(stderr.all());
        if (!defects.isEmpty()) {
            throw new AssertionError("logged: " + stderr.all());
        }
    }

    private static List<String> defects(List<String> log) {
        List<String> defects = new ArrayList<>();
        boolean started = false;
        for (String line : log) {
            started |= line.contains("Main: started ");
            // Classes that are loaded while nobody is served take long on a busy machine.
            boolean blocked = started && line.contains("BlockedThreadChecker");
            // Hazelcast, which names cluster and version in every line, and a dial of Vert.x that fails in two ways at
            // once, call an error what they get over by themselves.
            boolean error = line.contains(" ERROR ")
                    && !line.contains(" [heliograph] [")
                    && !line.contains("Promise already completed");
            if (blocked || error) {
                defects.add(line);
            }
        }
        return defects;
    }

    private boolean exited() {
        try {
            boolean exited = process.waitFor(EXIT_WITHIN.toSeconds(), TimeUnit.SECONDS);
            ended |= exited;
            return exited;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
            Await.soon(kill.onExit(), "kill -" + name);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static CompletableFuture<Void> record(InputStream stream, Recording<String> recording) {
        CompletableFuture<Void> read = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try (BufferedReader lines =
                            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                        lines.lines().forEach(recording::add);
                    } catch (IOException | UncheckedIOException ended) {
                        recording.add("(" + ended.getMessage() + ")");
                    } finally {
                        read.complete(null);
                    }
                },
                "output");
        reader.setDaemon(true);
        reader.start();
        return read;
    }
}
