package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.protocol.NodeId;
import io.heliograph.routing.GroupEntry;
import io.heliograph.routing.GroupEntry.Seats;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupEntryTextTest {
    private static final GroupEntry ENTRY = new GroupEntry(
            250,
            Long.MAX_VALUE,
            new TreeMap<>(Map.of(
                    new NodeId("a.b", 10), new Seats(1, 7), new NodeId("a.b", 9), new Seats(250, Long.MAX_VALUE))));

    @Test
    void anEntryIsReadAsItWasWritten() {
        assertEquals(ENTRY, GroupEntryText.parse(GroupEntryText.write(ENTRY)));
        GroupEntry empty = new GroupEntry(1, 0, new TreeMap<>());
        assertEquals(empty, GroupEntryText.parse(GroupEntryText.write(empty)));
    }

    @Test
    void equalEntriesAreEqualTexts() {
        assertEquals("250 9223372036854775807 a.b.9=250:9223372036854775807 a.b.10=1:7", GroupEntryText.write(ENTRY));
    }

    @Test
    void whatIsNoEntryIsRefused() {
        for (String text : new String[] {"", "1", "1 2 3", "1 2 node.0", "1 2 node.0=1", "x 2", "1 2 node=1:1"}) {
            assertThrows(RuntimeException.class, () -> GroupEntryText.parse(text), text);
        }
    }
}
