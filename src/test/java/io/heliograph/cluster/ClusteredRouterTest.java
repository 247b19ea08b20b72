package io.heliograph.cluster;

import io.heliograph.routing.MortalNodesContract;
import io.heliograph.routing.TestCluster;

/** The contract on two processes of two instances: the event bus and the maps are clustered. */
class ClusteredRouterTest extends MortalNodesContract {

    @Override
    protected TestCluster open() {
        return VertxCluster.clustered(2, 2);
    }
}
