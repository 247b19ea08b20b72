package io.heliograph.cluster;

import io.heliograph.routing.RouterContract;
import io.heliograph.routing.TestCluster;

/** The contract on two processes of two instances: the event bus and the maps are clustered. */
class ClusteredRouterTest extends RouterContract {

    @Override
    protected TestCluster open() {
        return VertxCluster.clustered(2, 2);
    }
}
