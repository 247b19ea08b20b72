package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StateWriterTest {
    private final Simulation simulation = new Simulation(1);
    private final SimulatedDirectory shared = new SimulatedDirectory(simulation);
    private final Directory directory = shared.from(new SimulatedHost());

    private Future<@Nullable JsonObject> written() {
        Future<@Nullable JsonObject> written = StateWriter.write(directory);
        simulation.run();
        return written;
    }

    @Test
    void anEmptyDirectoryIsWrittenAsOne() {
        JsonObject written = Objects.requireNonNull(written().result());
        assertEquals(Set.of("sessions", "rooms", "topics", "users"), written.fieldNames());
    }

    @Test
    void aDirectoryThatDoesNotAnswerIsNull() {
        shared.weather(Weather.SILENT_DIRECTORY);
        Future<@Nullable JsonObject> written = written();
        assertTrue(written.succeeded());
        assertNull(written.result());
    }
}
