package io.heliograph.routing;

import io.heliograph.protocol.CallOutcome;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ConnectionRefusal;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.DirectoryOperation;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.JoinResult;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.ResumeResult;
import io.heliograph.protocol.WebhookResult;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts the rooms that are open, the results of joins and calls, and questions to other nodes; the rest it takes note of and forgets. */
public class CountedFacts implements Facts {
    private final AtomicInteger openRooms = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger silent = new AtomicInteger();
    private final Map<JoinResult, AtomicInteger> joins = new EnumMap<>(JoinResult.class);

    private final Map<CallOutcome, AtomicInteger> calls = new EnumMap<>(CallOutcome.class);

    public CountedFacts() {
        for (CallOutcome outcome : CallOutcome.values()) {
            calls.put(outcome, new AtomicInteger());
        }
        for (JoinResult result : JoinResult.values()) {
            joins.put(result, new AtomicInteger());
        }
    }

    int openRooms() {
        return openRooms.get();
    }

    int joins(JoinResult result) {
        return joins.getOrDefault(result, new AtomicInteger()).get();
    }

    int calls(CallOutcome outcome) {
        return calls.getOrDefault(outcome, new AtomicInteger()).get();
    }

    @Override
    public void roomOpened(Name room) {
        openRooms.incrementAndGet();
    }

    @Override
    public void roomClosed(Name room) {
        openRooms.decrementAndGet();
    }

    @Override
    public void sessionGivenUp() {}

    @Override
    public void connectionRefused(ConnectionRefusal reason) {}

    @Override
    public void joinEnded(JoinResult result) {
        joins.getOrDefault(result, new AtomicInteger()).incrementAndGet();
    }

    @Override
    public void directoryAnswered(DirectoryOperation operation, boolean succeeded, long nanos) {}

    @Override
    public void connected() {}

    @Override
    public void eventLoopLate(long nanos) {}

    @Override
    public void nodeAsked() {
        asked.incrementAndGet();
    }

    @Override
    public void nodeAnswered(boolean succeeded, long nanos) {
        silent.addAndGet(succeeded ? 0 : 1);
    }

    /** How many questions to other nodes were counted. */
    int nodesAsked() {
        return asked.get();
    }

    /** Of how many no answer was had. */
    int nodesSilent() {
        return silent.get();
    }

    @Override
    public void rosterRepaired() {}

    @Override
    public void callEnded(CallOutcome outcome) {
        calls.getOrDefault(outcome, new AtomicInteger()).incrementAndGet();
    }

    @Override
    public void outboxGrew(int bytes) {}

    @Override
    public void resumeEnded(ResumeResult result) {}

    @Override
    public void peerEntered(DialectName dialect) {}

    @Override
    public void peerLeft(DialectName dialect) {}

    @Override
    public void relayed(RelayType type, RelayPath path) {}

    @Override
    public void relayTook(RelayPath path, long nanos) {}

    @Override
    public void webhookAnswered(WebhookResult result, long nanos) {}

    @Override
    public void refused(ErrorCode code) {}

    @Override
    public void closed(CloseReason reason) {}

    @Override
    public void dropped(DropReason reason) {}
}
