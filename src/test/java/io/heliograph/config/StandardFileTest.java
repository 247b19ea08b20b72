package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Holds that the file people read and the table of keys say the same. */
class StandardFileTest {
    private static final Path FILE = Path.of(Sources.STANDARD_FILE);

    @Test
    void theFileHasEveryKeyWithItsDefault() throws Exception {
        var vertx = Vertx.vertx();
        try {
            var inFile = new YamlText().process(vertx, null, Buffer.buffer(Files.readAllBytes(FILE)));
            var inTable = new TreeMap<String, Object>();
            Keys.ALL.forEach(key -> inTable.put(key.path(), key.standard()));
            assertEquals(inTable, new TreeMap<>(inFile.result().getMap()));
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get();
        }
    }

    @Test
    void theFileHasTheKeysInTheOrderOfTheTable() throws Exception {
        var text = Files.readString(FILE);
        int last = -1;
        for (var key : Keys.ALL) {
            var name = key.path().substring(key.path().lastIndexOf('.') + 1) + ":";
            int place = text.indexOf(name, last + 1);
            assertTrue(place > last, key.path());
            last = place;
        }
    }

    @Test
    void everyKeyInTheFileSaysWhy() throws Exception {
        var lines = Files.readAllLines(FILE);
        for (int i = 0; i < lines.size(); i++) {
            var name = lines.get(i).strip();
            boolean opensASection = name.endsWith(":")
                    && Keys.ALL.stream().noneMatch(key -> ("." + key.path() + ":").endsWith("." + name));
            boolean hasAKey = lines.get(i).matches("\\s*[a-z]+:.*");
            if (hasAKey && !opensASection) {
                assertTrue(lines.get(i - 1).strip().startsWith("# "), lines.get(i));
            }
        }
    }

    @Test
    void everyDefaultIsAsItsKeyExpects() {
        for (Key<?> key : Keys.ALL) {
            assertTrue(key.kind().parse().apply(key.standard()).isPresent(), key.path());
        }
    }

    @Test
    void noTwoKeysShareAVariable() {
        var names = Keys.ALL.stream().map(Key::environmentName).toList();
        assertEquals(List.copyOf(names), names.stream().distinct().toList());
    }
}
