package io.heliograph.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.management.DrainCourse.Phase;
import io.heliograph.protocol.Settings;
import io.heliograph.routing.Drain.Left;
import org.junit.jupiter.api.Test;

class DrainCourseTest {
    private static final Left MANY = new Left(10, 10, 0);
    private static final Left ONE_AWAY = new Left(0, 1, 10);

    private final DrainCourse course = new DrainCourse(new Settings.Drain(5, 20));

    @Test
    void whereClientsStayItTakesItsWholeTimeAndNoMore() {
        course.begin(1_000);
        assertEquals(25_000, course.millisLeft(1_000));
        assertStays(Phase.ANNOUNCED, 5_999, MANY);
        assertGoesOn(Phase.MOVING, 6_000, MANY);
        assertEquals(20_000, course.millisLeft(6_000));
        assertStays(Phase.MOVING, 20_999, MANY);
        assertGoesOn(Phase.CLOSING, 21_000, MANY);
        assertEquals(5_000, course.millisLeft(21_000));
        assertStays(Phase.CLOSING, 25_999, MANY);
        assertGoesOn(Phase.DRAINED, 26_000, MANY);
        assertEquals(0, course.millisLeft(26_000));
        assertStays(Phase.DRAINED, 1_000_000, MANY);
    }

    @Test
    void whoIsAskedLastHasTimeToMoveBeforeAnybodyIsClosed() {
        assertEquals(10_000, course.askMillis());
        assertEquals(5_000, course.moveMillis());
        course.begin(0);
        assertGoesOn(Phase.MOVING, 5_000, MANY);
        assertStays(Phase.MOVING, 5_000 + course.askMillis() + course.moveMillis() - 1, MANY);
    }

    @Test
    void whoIsClosedLastHasTimeToComeBackElsewhere() {
        assertEquals(2_500, course.closeMillis());
        course.begin(0);
        assertGoesOn(Phase.MOVING, 5_000, MANY);
        assertGoesOn(Phase.CLOSING, 20_000, MANY);
        assertStays(Phase.CLOSING, 20_000 + 2 * course.closeMillis() - 1, ONE_AWAY);
    }

    @Test
    void itIsOverOnceEverybodyHasGone() {
        course.begin(0);
        assertGoesOn(Phase.MOVING, 5_000, MANY);
        assertGoesOn(Phase.CLOSING, 7_000, ONE_AWAY);
        assertStays(Phase.CLOSING, 7_100, ONE_AWAY);
        assertGoesOn(Phase.DRAINED, 7_200, Left.NOBODY);
    }

    @Test
    void evenNobodyLeavesBeforeBalancersHaveNoticed() {
        course.begin(0);
        assertStays(Phase.ANNOUNCED, 4_999, Left.NOBODY);
    }

    @Test
    void whereThereIsNowhereToGoNobodyIsAskedOrWaitedFor() {
        course.begin(0);
        assertTrue(course.advance(0, MANY, false));
        assertEquals(Phase.CLOSING, course.phase());
        assertTrue(course.advance(0, MANY, false));
        assertEquals(Phase.DRAINED, course.phase());
    }

    @Test
    void whenTheLastOtherProcessGoesTheRestGoesFast() {
        course.begin(0);
        assertGoesOn(Phase.MOVING, 5_000, MANY);
        assertTrue(course.advance(5_001, MANY, false));
        assertTrue(course.advance(5_001, MANY, false));
        assertEquals(Phase.DRAINED, course.phase());
    }

    @Test
    void withoutTimeToMoveAllAreClosedAfterTheDelay() {
        var hasty = new DrainCourse(new Settings.Drain(5, 0));
        hasty.begin(0);
        assertFalse(hasty.advance(4_999, MANY, true));
        assertTrue(hasty.advance(5_000, MANY, true));
        assertEquals(Phase.CLOSING, hasty.phase());
        assertEquals(0, hasty.closeMillis());
        assertTrue(hasty.advance(5_000, MANY, true));
        assertEquals(Phase.DRAINED, hasty.phase());
    }

    @Test
    void itBeginsOnceAndAnewWhenUndone() {
        course.begin(0);
        course.begin(4_000);
        assertGoesOn(Phase.MOVING, 5_000, MANY);
        course.undo();
        assertStays(Phase.SERVING, 60_000, MANY);
        assertEquals(0, course.millisLeft(60_000));
        course.begin(60_000);
        assertStays(Phase.ANNOUNCED, 64_999, MANY);
    }

    private void assertGoesOn(Phase next, long millis, Left left) {
        assertTrue(course.advance(millis, left, true), () -> "still " + course.phase());
        assertEquals(next, course.phase());
    }

    private void assertStays(Phase phase, long millis, Left left) {
        assertFalse(course.advance(millis, left, true), () -> "went on to " + course.phase());
        assertEquals(phase, course.phase());
    }
}
