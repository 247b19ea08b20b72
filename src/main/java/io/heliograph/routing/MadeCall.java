package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A call on its way from one owner to the next, together with its caller.
 *
 * @param called at whom it rings, or else who took it, and where they are
 * @param ticksLeft for how many seconds it may still ring
 */
public record MadeCall(CallId id, Name callee, Map<PeerId, NodeId> called, Optional<PeerId> taker, int ticksLeft) {
    public MadeCall {
        called = Collections.unmodifiableMap(new TreeMap<>(called));
    }
}
