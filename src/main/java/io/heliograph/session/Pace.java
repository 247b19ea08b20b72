package io.heliograph.session;

/**
 * Spreads so many steps evenly over a time, the first at its beginning.
 *
 * @param overMillis 0 where all are due at once
 */
record Pace(int steps, int overMillis) {

    /** How many should have been taken after so long. */
    int dueAfter(long millis) {
        return millis >= overMillis ? steps : (int) Math.min(steps, 1 + steps * millis / overMillis);
    }
}
