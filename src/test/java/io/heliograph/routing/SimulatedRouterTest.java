package io.heliograph.routing;

/** The contract in virtual time. */
class SimulatedRouterTest extends MortalNodesContract {

    @Override
    protected TestCluster open() {
        SimulatedCluster cluster = new SimulatedCluster(new Simulation(1), 3);
        cluster.weather(Weather.UNEVEN);
        return cluster;
    }
}
