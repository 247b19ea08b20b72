package io.heliograph.cluster;

import io.heliograph.routing.LinkContract;

/** The contract between two nodes of two processes. */
class ClusteredLinkTest extends LinkContract {

    @Override
    protected Pair open() {
        return new BusPair(Processes.clustered(2, 1));
    }
}
