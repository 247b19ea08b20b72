package io.heliograph.cluster;

import io.heliograph.routing.MortalLinkContract;

/** The contract between two nodes of two processes. */
class ClusteredLinkTest extends MortalLinkContract {

    @Override
    protected Pair open() {
        return new BusPair(Processes.clustered(2, 1));
    }
}
