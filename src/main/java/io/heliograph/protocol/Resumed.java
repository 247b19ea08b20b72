package io.heliograph.protocol;

import java.util.List;

/** What a session has that goes on, as it is now. */
public record Resumed(List<Roster> rooms, List<Name> topics, List<Name> watching, List<CallState> calls) {
    public Resumed {
        rooms = List.copyOf(rooms);
        topics = List.copyOf(topics);
        watching = List.copyOf(watching);
        calls = List.copyOf(calls);
    }
}
