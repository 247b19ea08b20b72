package io.heliograph.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Holds a target against all inputs in some folders, for {@code src/test/fuzz/run} to see which lines they lead to. */
final class Replay {

    private Replay() {}

    /** The name of the target's class, then the folders. */
    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        FuzzTarget target = Class.forName(args[0])
                .asSubclass(FuzzTarget.class)
                .getDeclaredConstructor()
                .newInstance();
        for (String folder : Arrays.copyOfRange(args, 1, args.length)) {
            try (Stream<Path> files = Files.list(Path.of(folder))) {
                List<Path> inputs = files.toList();
                for (Path input : inputs) {
                    target.check(Files.readAllBytes(input));
                }
            }
        }
    }
}
