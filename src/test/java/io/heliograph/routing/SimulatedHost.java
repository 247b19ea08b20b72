package io.heliograph.routing;

import java.util.ArrayDeque;
import java.util.Deque;

/** What a node runs on: it may stand still for a while, or stop for good. */
final class SimulatedHost {
    private final Deque<Runnable> backlog = new ArrayDeque<>();
    private boolean dead;
    private boolean frozen;

    boolean isDead() {
        return dead;
    }

    boolean isFrozen() {
        return frozen;
    }

    /** Runs {@code action} now, when it thaws, or never. */
    void run(Runnable action) {
        if (dead) {
            return;
        }
        if (frozen) {
            backlog.add(action);
        } else {
            action.run();
        }
    }

    void kill() {
        dead = true;
        backlog.clear();
    }

    void freeze() {
        frozen = true;
    }

    void thaw() {
        frozen = false;
        while (!frozen && !dead && !backlog.isEmpty()) {
            backlog.remove().run();
        }
    }
}
