package io.heliograph.routing;

/**
 * What may go wrong in a simulation, and how often.
 *
 * @param delayMicrosMax longest delay of a message, or of either half of a directory operation
 * @param slow share of messages and operations that take up to {@code slowMicrosMax} instead
 * @param lost share of messages that never arrive
 * @param directoryFailure share of directory operations that fail, after their effect or without it
 */
record Weather(long delayMicrosMax, double slow, long slowMicrosMax, double lost, double directoryFailure) {
    static final Weather CALM = new Weather(5 * Simulation.MILLI, 0, 0, 0, 0);
    /** Some take a hundred times as long as others, but none too long. */
    static final Weather UNEVEN = new Weather(2 * Simulation.MILLI, 0.2, 200 * Simulation.MILLI, 0, 0);
    /** Some answers come after their time is up. */
    static final Weather SLOW = new Weather(5 * Simulation.MILLI, 0.05, 3 * Simulation.SECOND, 0, 0);

    static final Weather LOSSY = new Weather(5 * Simulation.MILLI, 0.1, 50 * Simulation.MILLI, 0.05, 0);
    static final Weather FAILING_DIRECTORY = new Weather(5 * Simulation.MILLI, 0.1, 50 * Simulation.MILLI, 0, 0.1);
    static final Weather SILENT_DIRECTORY = new Weather(5 * Simulation.MILLI, 0, 0, 0, 1);
    /** Every third message is lost. */
    static final Weather DEAF = new Weather(5 * Simulation.MILLI, 0.1, 50 * Simulation.MILLI, 0.3, 0);
    /** What the directory has failed to do, it often does later. */
    static final Weather LAGGING_DIRECTORY = new Weather(5 * Simulation.MILLI, 0.3, 3 * Simulation.SECOND, 0, 0.3);

    static final Weather STORM = new Weather(5 * Simulation.MILLI, 0.05, 3 * Simulation.SECOND, 0.05, 0.1);

    long delay(Simulation simulation) {
        return simulation.between(1, simulation.chance(slow) ? slowMicrosMax : delayMicrosMax);
    }
}
