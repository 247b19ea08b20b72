package io.heliograph.transport;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The nodes of this process, and which of them a SockJS session belongs to. They share one port, so each request of a session
 * may come to another one.
 */
public final class SockJsNodes {
    // Shared: any thread.
    private final AtomicReferenceArray<SockJs> nodes;
    private final AtomicInteger opened = new AtomicInteger();

    /** Of a process that will have {@code count} nodes. */
    public SockJsNodes(int count) {
        this.nodes = new AtomicReferenceArray<>(count);
    }

    void open(SockJs node) {
        nodes.set(opened.getAndIncrement(), node);
    }

    /** The node that owns this session, the same one each time; empty while it has not started. */
    Optional<SockJs> ownerOf(String session) {
        return Optional.ofNullable(nodes.get(Math.floorMod(session.hashCode(), nodes.length())));
    }
}
