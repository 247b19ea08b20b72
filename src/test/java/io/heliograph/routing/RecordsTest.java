package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.SessionToken;
import io.heliograph.routing.SlowDirectory.Failing;
import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the directory does after nobody waits for it any more. */
class RecordsTest {
    private static final NodeId SELF = new NodeId("self", 0);
    private static final PeerId PEER = new PeerId("p1");
    private static final SessionState NOTHING = SessionState.initial(Optional.empty(), Optional.empty());

    private final SlowDirectory directory = new SlowDirectory();
    private final Census census = new Census(SELF, directory, SimulatedCluster.LIMITS, new CountedFacts());
    private final Claims claims = new Claims(SELF, directory, InstantSource.fixed(Instant.EPOCH));
    private final Records records = new Records(SELF, directory, census, claims);

    private <T> Future<T> answered(Future<T> asked) {
        directory.answerAll();
        assertTrue(asked.isComplete());
        return asked;
    }

    private Map<PeerId, SessionRecord> sessions() {
        return answered(directory.contents()).result().sessions();
    }

    private Optional<Long> recordedEpoch() {
        return Optional.ofNullable(sessions().get(PEER)).map(SessionRecord::epoch);
    }

    private void tick() {
        records.tick();
        directory.answerAll();
    }

    private LocalPeer entered() {
        SessionToken token = answered(records.open(PEER, NOTHING)).result();
        LocalPeer peer = new LocalPeer(
                PEER,
                Optional.empty(),
                Optional.empty(),
                new LocalPeer.Claim(1, token.hash(), Optional.empty()),
                new Told());
        census.add(peer);
        return peer;
    }

    private void endByOthers() {
        Optional<SessionRecord> record = Optional.ofNullable(sessions().get(PEER));
        assertTrue(answered(directory.replaceSession(PEER, record, Optional.empty()))
                .result());
    }

    @Test
    void aRecordThatIsOpenedTooLateIsRemoved() {
        directory.failNext(1, Failing.BEFORE_EFFECT);
        assertTrue(answered(records.open(PEER, NOTHING)).failed());
        directory.makeLateChanges();
        assertEquals(1, sessions().size());
        tick();
        assertEquals(Map.of(), sessions());
    }

    @Test
    void aRecordThatIsRenewedAfterItsSessionHasEndedIsRemoved() {
        LocalPeer peer = entered();
        endByOthers();
        directory.failNext(1, Failing.BEFORE_EFFECT);
        answered(records.check(peer));
        assertEquals(Optional.empty(), answered(records.close(peer)).result());
        census.remove(peer);
        records.forget(PEER);
        directory.makeLateChanges();
        assertEquals(1, sessions().size());
        tick();
        assertEquals(Map.of(), sessions());
    }

    @Test
    void aRecordThatIsRenewedTooLateStaysWhileItsSessionGoesOn() {
        LocalPeer peer = entered();
        endByOthers();
        directory.failNext(1, Failing.BEFORE_EFFECT);
        answered(records.check(peer));
        directory.makeLateChanges();
        for (int i = 0; i < 10; i++) {
            tick();
        }
        assertEquals(Optional.of(2L), recordedEpoch());
    }

    @Test
    void aSessionWhoseRecordIsAgainThatOfBeforeEnds() {
        SessionToken token = answered(records.open(PEER, NOTHING)).result();
        Optional<SessionRecord> before =
                Optional.of(Objects.requireNonNull(sessions().get(PEER)));
        SessionRecord now = answered(claims.claim(token, user -> true, new Told()))
                .result()
                .orElseThrow()
                .now();
        LocalPeer peer = new LocalPeer(PEER, Optional.empty(), Optional.empty(), LocalPeer.Claim.of(now), new Told());
        census.add(peer);
        answered(directory.replaceSession(PEER, Optional.of(now), before));
        assertEquals(Optional.empty(), answered(records.close(peer)).result());
        assertEquals(Map.of(), sessions());
    }

    @Test
    void aSessionThatIsClaimedAgainIsNotRemovedWithTheRecordOfBefore() {
        SessionToken token = answered(records.open(PEER, NOTHING)).result();
        records.removeLater(PEER, token.hash());
        answered(claims.claim(token, user -> true, new Told()));
        tick();
        assertEquals(Optional.of(2L), recordedEpoch());
    }
}
