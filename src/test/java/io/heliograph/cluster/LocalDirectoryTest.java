package io.heliograph.cluster;

/** The contract on the maps within one process. */
class LocalDirectoryTest extends MapDirectoryContract {

    LocalDirectoryTest() {
        super(VertxCluster.local(2));
    }
}
