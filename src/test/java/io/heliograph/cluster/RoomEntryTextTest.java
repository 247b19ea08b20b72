package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.protocol.NodeId;
import io.heliograph.routing.RoomEntry;
import io.heliograph.routing.RoomEntry.Seats;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoomEntryTextTest {
    private static final RoomEntry ENTRY = new RoomEntry(
            250,
            Long.MAX_VALUE,
            new TreeMap<>(Map.of(
                    new NodeId("a.b", 10), new Seats(1, 7), new NodeId("a.b", 9), new Seats(250, Long.MAX_VALUE))));

    @Test
    void anEntryIsReadAsItWasWritten() {
        assertEquals(ENTRY, RoomEntryText.parse(RoomEntryText.write(ENTRY)));
        RoomEntry empty = new RoomEntry(1, 0, new TreeMap<>());
        assertEquals(empty, RoomEntryText.parse(RoomEntryText.write(empty)));
    }

    @Test
    void equalEntriesAreEqualTexts() {
        assertEquals("250 9223372036854775807 a.b.9=250:9223372036854775807 a.b.10=1:7", RoomEntryText.write(ENTRY));
    }

    @Test
    void whatIsNoEntryIsRefused() {
        for (String text : new String[] {"", "1", "1 2 3", "1 2 node.0", "1 2 node.0=1", "x 2", "1 2 node=1:1"}) {
            assertThrows(RuntimeException.class, () -> RoomEntryText.parse(text), text);
        }
    }
}
