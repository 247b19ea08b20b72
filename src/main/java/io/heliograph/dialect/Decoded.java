package io.heliograph.dialect;

import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.ServerMessage;

/** What a frame turned out to be. */
public sealed interface Decoded {

    record Understood(ClientMessage message) implements Decoded {}

    /** The frame means nothing; {@code answer} says why. */
    record Malformed(ServerMessage.Refused answer) implements Decoded {}
}
