package io.heliograph.cluster;

/** The contract on the maps of two processes. */
class ClusteredDirectoryTest extends MapDirectoryContract {

    ClusteredDirectoryTest() {
        super(VertxCluster.clustered(2, 1));
    }
}
