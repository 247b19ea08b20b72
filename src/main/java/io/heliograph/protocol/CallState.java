package io.heliograph.protocol;

import java.util.Optional;

/**
 * A call as a resumed client finds it.
 *
 * @param made whether it made the call, and not got it
 * @param peer who is on the other side: the caller, or who took the call; empty while it rings at others
 * @param accepted whether it was taken, by this client or by the other side
 */
public record CallState(CallId call, boolean made, Optional<PeerId> peer, boolean accepted) {}
