package io.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void stepsAreSpreadEvenlyAndTheFirstIsDueAtOnce() {
        var pace = new Pace(4, 1_000);
        assertEquals(1, pace.dueAfter(0));
        assertEquals(1, pace.dueAfter(249));
        assertEquals(2, pace.dueAfter(250));
        assertEquals(4, pace.dueAfter(750));
        assertEquals(4, pace.dueAfter(1_000));
        assertEquals(4, pace.dueAfter(100_000));
    }

    @Test
    void manyStepsAreNeverDueAllAtOnce() {
        var pace = new Pace(1_000_000, 3_600_000);
        for (int second = 0; second < 3_600; second++) {
            assertEquals(1 + 1_000_000L * second / 3_600, pace.dueAfter(second * 1_000L));
        }
    }

    @Test
    void withoutTimeAllAreDue() {
        assertEquals(7, new Pace(7, 0).dueAfter(0));
    }

    @Test
    void nothingIsDueWhereThereIsNothingToDo() {
        assertEquals(0, new Pace(0, 0).dueAfter(0));
        assertEquals(0, new Pace(0, 1_000).dueAfter(500));
    }
}
