package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** How much waits for a peer that is away. */
class MailboxTest {
    private static final PeerId CALLER = new PeerId("p1");

    private final Mailbox mailbox = new Mailbox();

    private static ServerMessage relay(Payload data) {
        return new ServerMessage.Relayed(RelayType.MESSAGE, CALLER, Optional.empty(), Optional.of(data), Sequence.NONE);
    }

    private static ServerMessage ring(Payload data) {
        return new ServerMessage.Ring(CallId.random(), CALLER, Optional.empty(), Optional.of(data));
    }

    private static Payload bytes(int count) {
        return Payload.of("1".repeat(count));
    }

    private int fill(Function<Payload, ServerMessage> kind, int dataBytes) {
        int fit = 0;
        for (ServerMessage next = kind.apply(bytes(dataBytes));
                mailbox.hasRoomFor(next);
                next = kind.apply(bytes(dataBytes))) {
            mailbox.add(next);
            fit++;
        }
        return fit;
    }

    @Test
    void soManyRelaysAndSoManyCallsFitWhicheverComeFirst() {
        assertEquals(Mailbox.FRAMES_MAX, fill(MailboxTest::ring, 10));
        assertEquals(Mailbox.FRAMES_MAX, fill(MailboxTest::relay, 10));
        assertEquals(2 * Mailbox.FRAMES_MAX, mailbox.takeAll().size());
        assertEquals(Mailbox.FRAMES_MAX, fill(MailboxTest::ring, 10));
    }

    @Test
    void soManyBytesOfEachFit() {
        int each = Mailbox.BYTES_MAX / (60_000 + 128);
        assertEquals(each, fill(MailboxTest::ring, 60_000));
        assertEquals(each, fill(MailboxTest::relay, 60_000));
    }

    @Test
    void howACallEndedAlwaysFits() {
        fill(MailboxTest::ring, 10);
        assertTrue(mailbox.hasRoomFor(new ServerMessage.CallEnded(CallId.random(), CallEnding.LOST)));
    }
}
