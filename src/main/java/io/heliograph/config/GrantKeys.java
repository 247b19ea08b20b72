package io.heliograph.config;

import io.heliograph.protocol.RoomPattern;
import java.util.List;

/** What a client may do of whom it is not said, as one may configure it. */
record GrantKeys(
        Key<List<RoomPattern>> rooms,
        Key<Boolean> publish,
        Key<Boolean> call,
        Key<Boolean> watch,
        Key<Integer> capacity) {
    private static final int CAPACITY_MAX = 10_000;

    static GrantKeys below(String section) {
        return new GrantKeys(
                new Key<>(section + ".rooms", "*", Kind.roomPatterns()),
                new Key<>(section + ".publish", "false", Kind.flag()),
                new Key<>(section + ".call", "true", Kind.flag()),
                new Key<>(section + ".watch", "true", Kind.flag()),
                new Key<>(section + ".capacity", "0", Kind.number(0, CAPACITY_MAX, "")));
    }
}
