package io.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Sequence;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class PermitsTest {
    private static final Permits NOTHING = new Permits(new Grants(List.of(), false, false, false, OptionalInt.empty()));
    private static final Permits ALL = new Permits(Grants.ALL);
    private static final Permits TEN =
            new Permits(new Grants(List.of(RoomPattern.parse("team-*")), true, true, true, OptionalInt.of(10)));

    private static Join join(String room, int capacity) {
        return new Join(Optional.of("1"), new Name(room), capacity, Optional.of(Payload.of("1")));
    }

    private static Relay message(Address to) {
        return new Relay(
                Optional.empty(),
                RelayType.MESSAGE,
                to,
                Optional.empty(),
                new Sequence(OptionalLong.empty(), OptionalLong.empty()));
    }

    private static String refusal(Future<?> refused) {
        return refusal(assertInstanceOf(Refusal.class, refused.cause()));
    }

    private static String refusal(Refusal refusal) {
        assertEquals(ErrorCode.FORBIDDEN, refusal.code());
        return refusal.text();
    }

    @Test
    void whatIsLackingIsNamed() {
        assertEquals("token: grants.rooms: not this room", refusal(NOTHING.join(join("standup", 0))));
        assertEquals("token: grants.rooms: not this room", refusal(TEN.join(join("standup", 0))));
        assertEquals("token: grants.watch: false", refusal(NOTHING.watch()));
        assertEquals("token: grants.call: false", refusal(NOTHING.call()));
        assertEquals(
                "token: grants.publish: false",
                refusal(NOTHING.relay(message(new Address.ToGroup(Group.topic(new Name("news")))))
                        .orElseThrow()));
    }

    @Test
    void whatNeedsNoGrantNeedsNone() {
        for (Address to : List.of(
                new Address.ToPeer(new PeerId("p")),
                new Address.ToGroup(Group.room(new Name("standup"))),
                new Address.ToGroup(Group.user(new Name("bob"))))) {
            assertEquals(Optional.empty(), NOTHING.relay(message(to)));
        }
    }

    @Test
    void whoeverMayDoAllAsksForWhatItAsksFor() {
        Join join = join("standup", 0);
        assertSame(join, ALL.join(join).result());
        assertEquals(true, ALL.watch().succeeded() && ALL.call().succeeded());
        assertEquals(Optional.empty(), ALL.relay(message(new Address.ToGroup(Group.topic(new Name("news"))))));
    }

    @Test
    void aCapacityIsAskedForUpToTheGrantAndIsTheGrantWhereNoneIs() {
        assertEquals(join("team-a", 10), TEN.join(join("team-a", 10)).result());
        assertEquals(join("team-a", 1), TEN.join(join("team-a", 1)).result());
        assertEquals(join("team-a", 10), TEN.join(join("team-a", 0)).result());
        assertEquals("token: grants.capacity: 11 (expected: <= 10)", refusal(TEN.join(join("team-a", 11))));
    }
}
