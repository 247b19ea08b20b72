package io.heliograph.fuzz;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Something that reads what others send, and what must hold whatever they send. Every build holds it against the inputs in {@code
 * src/test/fuzz/<target>}; {@code src/test/fuzz/run} searches for more.
 */
@Timeout(60)
public abstract class FuzzTarget {
    private static final Path CORPORA = Path.of("src", "test", "fuzz");

    /** Fails where something does not hold for {@code input}. */
    protected abstract void check(byte[] input);

    @TestFactory
    Stream<DynamicTest> whatMustHoldDoesForTheWholeCorpus() throws IOException {
        String target = getClass().getSimpleName().replace("FuzzTest", "").toLowerCase(Locale.ROOT);
        try (Stream<Path> inputs = Files.list(CORPORA.resolve(target))) {
            List<Path> sorted = inputs.sorted().toList();
            assertTrue(!sorted.isEmpty());
            return sorted.stream()
                    .map(input -> DynamicTest.dynamicTest(
                            input.getFileName().toString(), () -> check(Files.readAllBytes(input))));
        }
    }

    /** What {@code reader} makes of {@code input}, at a cost in proportion, and logging nothing above DEBUG. */
    protected static <T> T read(byte[] input, Function<byte[], T> reader) {
        Cost allowed = Cost.allowed(input.length);
        try (LoudLines loud = new LoudLines()) {
            Cost before = Cost.now();
            T read = reader.apply(input);
            Cost cost = Cost.now().since(before);
            if (!cost.isWithin(allowed)) {
                // The first time may have loaded classes.
                before = Cost.now();
                read = reader.apply(input);
                cost = Cost.now().since(before);
            }
            Cost taken = cost;
            assertTrue(taken.isWithin(allowed), () -> taken + " (expected: <= " + allowed + ")");
            assertEquals(List.of(), loud.lines());
            return read;
        }
    }

    /** The text that {@code input} is in UTF-8, or empty if it is none. */
    protected static Optional<String> utf8(byte[] input) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(input))
                    .toString());
        } catch (CharacterCodingException noText) {
            return Optional.empty();
        }
    }
}
