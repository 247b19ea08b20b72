package io.heliograph.protocol;

import java.util.OptionalLong;

/** The numbers by which two clients confirm each other's relays end to end; passed on as sent, never looked at. */
public record Sequence(OptionalLong seq, OptionalLong ack) {
    /** No numbers. */
    public static final Sequence NONE = new Sequence(OptionalLong.empty(), OptionalLong.empty());
}
