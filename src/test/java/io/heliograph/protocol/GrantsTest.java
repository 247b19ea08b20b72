package io.heliograph.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrantsTest {

    @ParameterizedTest
    @CsvSource({
        "standup, standup, true",
        "standup, standups, false",
        "standup, Standup, false",
        "team-*, team-a, true",
        "team-*, team-, true",
        "team-*, team, false",
        "team-*, a-team-a, false",
        "*, anything, true",
        "a*b, a*b, true",
        "a*b, acb, false",
        "a**, a*, true",
        "a**, ab, false"
    })
    void aPatternIsANameOrItsBeginning(String pattern, String room, boolean matches) {
        assertEquals(matches, RoomPattern.parse(pattern).matches(new Name(room)));
        assertEquals(pattern, RoomPattern.parse(pattern).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\n", "a\u0000*", "\ud800*"})
    void aPatternIsMadeOfWhatNamesAreMadeOf(String text) {
        assertThrows(IllegalArgumentException.class, () -> RoomPattern.parse(text));
    }

    @Test
    void anyPatternOfSeveralLetsIn() {
        Grants grants = grants(List.of(RoomPattern.parse("standup"), RoomPattern.parse("team-*")));
        assertTrue(grants.admitTo(new Name("standup")));
        assertTrue(grants.admitTo(new Name("team-a")));
        assertFalse(grants.admitTo(new Name("retro")));
        assertFalse(grants(List.of()).admitTo(new Name("standup")));
        assertTrue(Grants.ALL.admitTo(new Name("standup")));
    }

    @Test
    void whatIsOutOfBoundsIsNoGrant() {
        assertThrows(IllegalArgumentException.class, () -> grants(Collections.nCopies(257, RoomPattern.ANY)));
        assertThrows(IllegalArgumentException.class, () -> new Grants(List.of(), true, true, true, OptionalInt.of(0)));
    }

    private static Grants grants(List<RoomPattern> rooms) {
        return new Grants(rooms, false, false, false, OptionalInt.empty());
    }
}
