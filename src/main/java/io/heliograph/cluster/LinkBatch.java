package io.heliograph.cluster;

import io.heliograph.protocol.NodeId;
import java.util.List;

/**
 * What one node said to another within one turn of its event loop.
 *
 * @param version of the link in which both nodes understand it
 * @param epoch grows each time the sender begins anew with this receiver, having forgotten all about it
 * @param number counts the batches of an epoch, from 1
 */
record LinkBatch(int version, NodeId from, long epoch, long number, List<LinkFrame> frames) {
    LinkBatch {
        frames = List.copyOf(frames);
    }
}
