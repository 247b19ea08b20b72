package io.heliograph.management;

import io.heliograph.protocol.Settings;
import io.heliograph.routing.Drain.Left;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * How far the drain of a process is, by the time and by who is left. Clients are asked over the first half of the time, each to
 * move within a quarter of it. At three quarters those left are closed, over an eighth, and have the rest to come back elsewhere:
 * while this process lives, what waits for them here follows them.
 */
final class DrainCourse {
    /** What a drain is at. */
    enum Phase {
        /** There is none. */
        SERVING,
        /** Not ready any more, but clients are still taken: balancers have not noticed yet. */
        ANNOUNCED,
        MOVING,
        CLOSING,
        DRAINED;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final long delayMillis;
    private final int withinMillis;
    private Phase phase = Phase.SERVING;
    private long since;

    DrainCourse(Settings.Drain settings) {
        this.delayMillis = TimeUnit.SECONDS.toMillis(settings.delaySeconds());
        this.withinMillis = Math.toIntExact(TimeUnit.SECONDS.toMillis(settings.withinSeconds()));
    }

    Phase phase() {
        return phase;
    }

    /** Begins; without effect where it has begun. */
    void begin(long nowMillis) {
        if (phase == Phase.SERVING) {
            enter(Phase.ANNOUNCED, nowMillis);
        }
    }

    void undo() {
        phase = Phase.SERVING;
    }

    /**
     * Goes on to the next phase if it is time.
     *
     * @param refuge whether there is another process to go to; where there is none nobody is waited for
     * @return whether it went on
     */
    boolean advance(long nowMillis, Left left, boolean refuge) {
        Phase next = next(nowMillis - since, left, refuge);
        if (next == phase) {
            return false;
        }
        enter(next, nowMillis);
        return true;
    }

    private Phase next(long passed, Left left, boolean refuge) {
        return switch (phase) {
            case ANNOUNCED -> {
                if (!refuge) {
                    yield Phase.CLOSING;
                }
                yield passed < delayMillis ? phase : withinMillis == 0 ? Phase.CLOSING : Phase.MOVING;
            }
            case MOVING ->
                refuge && left.connections() > 0 && passed < askMillis() + moveMillis() ? phase : Phase.CLOSING;
            case CLOSING -> refuge && !left.isNobody() && passed < lingerMillis() ? phase : Phase.DRAINED;
            case SERVING, DRAINED -> phase;
        };
    }

    private void enter(Phase next, long nowMillis) {
        phase = next;
        since = nowMillis;
    }

    /** Over how long clients are asked to move. */
    int askMillis() {
        return withinMillis / 2;
    }

    /** How long each has for it. */
    int moveMillis() {
        return withinMillis / 4;
    }

    /** Over how long those who did not are closed. */
    int closeMillis() {
        return withinMillis / 8;
    }

    private int lingerMillis() {
        return withinMillis / 4;
    }

    /** How much longer it takes at most; 0 when it is over. */
    long millisLeft(long nowMillis) {
        long passed = nowMillis - since;
        return switch (phase) {
            case ANNOUNCED -> Math.max(0, delayMillis - passed) + withinMillis;
            case MOVING -> Math.max(0, askMillis() + moveMillis() - passed) + lingerMillis();
            case CLOSING -> Math.max(0, lingerMillis() - passed);
            case SERVING, DRAINED -> 0;
        };
    }
}
