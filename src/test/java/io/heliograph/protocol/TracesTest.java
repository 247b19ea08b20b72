package io.heliograph.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import com.sun.management.ThreadMXBean;
import io.heliograph.protocol.Traces.RelaySpan;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class TracesTest {
    private static final NodeId NODE = new NodeId("a", 0);
    private static final PeerId PEER = new PeerId("p1");
    private static final Address TO = new Address.ToPeer(PEER);

    @Test
    void followingNothingCostsNoMemory() {
        follow();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        long nothing = threads.getCurrentThreadAllocatedBytes() - before;
        before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 1_000; i++) {
            follow();
        }
        assertEquals(nothing, threads.getCurrentThreadAllocatedBytes() - before);
    }

    private static void follow() {
        RelaySpan span = Traces.OFF.relay(NODE, PEER, RelayType.OFFER, TO);
        assertSame(RelaySpan.NONE, span);
        span.goes(RelayPath.REMOTE);
        if (span.trace().isPresent()) {
            span.accepted();
        }
    }
}
