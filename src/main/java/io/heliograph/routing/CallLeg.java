package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.PeerId;

/**
 * The part that a called peer has in a call.
 *
 * @param callersView whether it is the caller's node that speaks, and not that of the called peer
 */
public record CallLeg(CallId call, PeerId called, boolean callersView) {}
