package io.heliograph.cluster;

import io.heliograph.routing.SeveralNodesContract;
import io.heliograph.routing.TestCluster;

/** The contract on the instances of one process: the event bus and the maps are local. */
class LocalRouterTest extends SeveralNodesContract {

    @Override
    protected TestCluster open() {
        return VertxCluster.local(3);
    }
}
