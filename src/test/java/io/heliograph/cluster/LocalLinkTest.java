package io.heliograph.cluster;

import io.heliograph.routing.LinkContract;

/** The contract between two nodes of one process. */
class LocalLinkTest extends LinkContract {

    @Override
    protected Pair open() {
        return new BusPair(Processes.alone(2));
    }
}
