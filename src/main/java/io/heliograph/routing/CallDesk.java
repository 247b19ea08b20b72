package io.heliograph.routing;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.CallOutcome;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The calls that peers of this node make, and what nodes say to each other about calls. What concerns a call waits until its
 * caller knows that it rings.
 */
final class CallDesk {
    private static final NodeAnswer DONE = new NodeAnswer.Done();
    private static final NodeAnswer GONE = new NodeAnswer.Gone();

    // Set once.
    private final Census census;
    private final NodeLink link;
    private final Records records;
    private final Facts facts;

    // Owned by the node's context.
    private final Map<CallId, OutgoingCall> calls = new LinkedHashMap<>();

    CallDesk(Census census, NodeLink link, Records records, Facts facts) {
        this.census = census;
        this.link = link;
        this.records = records;
        this.facts = facts;
    }

    void open(OutgoingCall call) {
        calls.put(call.id(), call);
        call.caller().outgoing().put(call.id(), call);
    }

    void close(OutgoingCall call) {
        calls.remove(call.id());
        call.caller().outgoing().remove(call.id());
        if (!call.isRinging()) {
            var unused = records.save(call.caller());
        }
    }

    /** The call is over for everybody; whoever is in it is told, but not {@code ender}. Completes when all nodes concerned know. */
    Future<Void> end(OutgoingCall call, CallEnding reason, Optional<PeerId> ender) {
        close(call);
        LocalPeer caller = call.caller();
        facts.callEnded(outcome(call, reason, ender));
        if (!ender.equals(Optional.of(caller.id()))) {
            caller.deliver(new ServerMessage.CallEnded(call.id(), reason));
        }
        Map<PeerId, NodeId> told = new HashMap<>(call.called());
        ender.ifPresent(told::remove);
        return endFor(told, call.id(), reason);
    }

    private static CallOutcome outcome(OutgoingCall call, CallEnding reason, Optional<PeerId> ender) {
        if (reason.equals(CallEnding.LOST)) {
            return CallOutcome.LOST;
        }
        if (!call.isRinging()) {
            return CallOutcome.COMPLETED;
        }
        return ender.map(by -> by.equals(call.caller().id()) ? CallOutcome.CANCELLED : CallOutcome.REJECTED)
                .orElse(CallOutcome.NO_ANSWER);
    }

    /** Ends what has rung for too long. */
    void endUnanswered() {
        for (OutgoingCall call : List.copyOf(calls.values())) {
            if (call.rung().isComplete() && call.tick()) {
                var unused = end(call, CallEnding.NO_ANSWER, Optional.empty());
            }
        }
    }

    /** The calls that peers of this node make. */
    List<OutgoingCall> calls() {
        return List.copyOf(calls.values());
    }

    Future<NodeAnswer> ring(NodeId owner, NodeRequest.Ring ring) {
        ServerMessage.Ring message = ring.message();
        List<PeerId> rung = new ArrayList<>();
        census.crowd(Group.user(ring.callee()))
                .ifPresent(crowd -> crowd.hearing(owner).forEach(peer -> {
                    if (!peer.id().equals(message.from()) && peer.deliver(message)) {
                        peer.incoming()
                                .put(message.call(), new IncomingCall(message.call(), message.from(), owner, false));
                        rung.add(peer.id());
                    }
                }));
        return Future.succeededFuture(new NodeAnswer.Rung(rung));
    }

    /** Decided here, and answered at once: the other peers hear of it as soon as they are reached. */
    Future<NodeAnswer> accept(NodeRequest.Accept accept) {
        return afterRung(accept.call(), accept.caller(), call -> {
            if (call.taker().equals(Optional.of(accept.by()))) {
                return DONE;
            }
            if (!call.isRinging() || !call.called().containsKey(accept.by())) {
                return GONE;
            }
            Map<PeerId, NodeId> others = call.give(accept.by());
            var unusedToo = records.save(call.caller());
            call.caller().deliver(new ServerMessage.Accepted(call.id(), accept.by(), accept.data()));
            var unused = endFor(others, call.id(), CallEnding.ANSWERED_ELSEWHERE);
            return DONE;
        });
    }

    /** Decided and answered like {@link #accept}. */
    Future<NodeAnswer> withdraw(NodeRequest.Withdraw withdraw) {
        return afterRung(withdraw.call(), withdraw.caller(), call -> {
            PeerId by = withdraw.by();
            boolean entitled = switch (withdraw.how()) {
                case REJECT -> call.isRinging() && call.called().containsKey(by);
                case HANG_UP -> call.taker().equals(Optional.of(by));
                case VANISH -> true;
            };
            if (!entitled) {
                return GONE;
            }
            if (withdraw.how() == Withdrawal.VANISH) {
                call.drop(by);
            }
            if (withdraw.how() != Withdrawal.VANISH || call.called().isEmpty()) {
                var unused = end(call, withdraw.reason(), Optional.of(by));
            }
            return DONE;
        });
    }

    Future<NodeAnswer> endCall(NodeRequest.EndCall end) {
        List<Future<?>> ended = new ArrayList<>();
        end.peers()
                .forEach(peer ->
                        ended.add(census.settled(peer).onComplete(settled -> endAt(peer, end.call(), end.reason()))));
        return Future.join(ended).otherwiseEmpty().map(DONE);
    }

    /** {@code peer} is on {@code node} now; answers the calls with it that this node knows of. */
    NodeAnswer.Arrival moved(PeerId peer, NodeId node) {
        List<IncomingCall> incoming = new ArrayList<>();
        for (OutgoingCall call : calls.values()) {
            if (call.called().containsKey(peer)) {
                call.move(peer, node);
                incoming.add(new IncomingCall(
                        call.id(),
                        call.caller().id(),
                        census.self(),
                        call.taker().equals(Optional.of(peer))));
            }
        }
        List<MadeCall> made = new ArrayList<>();
        for (LocalPeer called : census.peers()) {
            called.incoming().replaceAll((id, call) -> call.caller().equals(peer) ? call.ownedBy(node) : call);
            called.incoming().values().stream()
                    .filter(call -> call.caller().equals(peer) && call.taken())
                    .forEach(call -> made.add(new MadeCall(
                            call.id(),
                            called.user().orElseThrow(),
                            Map.of(called.id(), census.self()),
                            Optional.of(called.id()),
                            0)));
        }
        return new NodeAnswer.Arrival(incoming, made);
    }

    /** The calls that the peer made are decided elsewhere from now on. */
    List<MadeCall> release(LocalPeer peer) {
        List<MadeCall> made =
                peer.outgoing().values().stream().map(OutgoingCall::made).toList();
        calls.keySet().removeAll(peer.outgoing().keySet());
        peer.outgoing().clear();
        return made;
    }

    /** The calls of a peer that was on another node. What it is told twice counts once. */
    void arrive(LocalPeer peer, List<IncomingCall> incoming, List<MadeCall> made) {
        incoming.forEach(call ->
                peer.incoming().putIfAbsent(call.id(), call.ownedBy(census.nodeOf(call.caller(), call.owner()))));
        for (MadeCall call : made) {
            if (!calls.containsKey(call.id())) {
                OutgoingCall moved = OutgoingCall.of(call, peer);
                call.called().forEach((called, node) -> moved.move(called, census.nodeOf(called, node)));
                open(moved);
            }
        }
    }

    Future<NodeAnswer> compare(NodeRequest.CompareCalls compare) {
        return Future.succeededFuture(new NodeAnswer.Stale(
                compare.legs().stream().filter(this::isStale).toList()));
    }

    /** Finds out which of the calls between peers of this node are no more. */
    void compareHere() {
        legs(census.self()).stream().filter(this::isStale).toList().forEach(this::lose);
    }

    /** Finds out which of the calls between this node and {@code node} are no more. */
    void compare(NodeId node) {
        List<CallLeg> legs = legs(node);
        if (!legs.isEmpty()) {
            link.ask(node, new NodeRequest.CompareCalls(legs)).onSuccess(answer -> {
                if (answer instanceof NodeAnswer.Stale stale) {
                    stale.legs().forEach(this::lose);
                }
            });
        }
    }

    /** The node is gone. What rings from there is lost; who took a call, or was called there, may come back. */
    void forget(NodeId node) {
        legs(node).stream().filter(leg -> !leg.callersView() && !isTaken(leg)).forEach(this::lose);
    }

    /** Nobody comes back from there any more. */
    void abandon(NodeId node) {
        legs(node).forEach(this::lose);
    }

    private boolean isTaken(CallLeg leg) {
        return census.peer(leg.called())
                .flatMap(peer -> Optional.ofNullable(peer.incoming().get(leg.call())))
                .filter(IncomingCall::taken)
                .isPresent();
    }

    private List<CallLeg> legs(NodeId node) {
        List<CallLeg> legs = new ArrayList<>();
        calls.values()
                .forEach(call -> call.calledOn(node).forEach(peer -> legs.add(new CallLeg(call.id(), peer, true))));
        census.peers()
                .forEach(peer -> peer.incoming().values().forEach(call -> {
                    if (call.owner().equals(node)) {
                        legs.add(new CallLeg(call.id(), peer.id(), false));
                    }
                }));
        return legs;
    }

    private boolean isStale(CallLeg leg) {
        if (census.isSettling()) {
            return false;
        }
        if (leg.callersView()) {
            return census.peer(leg.called())
                    .filter(peer -> peer.incoming().containsKey(leg.call()))
                    .isEmpty();
        }
        OutgoingCall call = calls.get(leg.call());
        return call == null || (call.rung().isComplete() && !call.called().containsKey(leg.called()));
    }

    private void lose(CallLeg leg) {
        if (leg.callersView()) {
            OutgoingCall call = calls.get(leg.call());
            if (call != null) {
                var unused = withdraw(new NodeRequest.Withdraw(
                        leg.call(), call.caller().id(), leg.called(), Withdrawal.VANISH, CallEnding.LOST));
            }
        } else {
            endAt(leg.called(), leg.call(), CallEnding.LOST);
        }
    }

    private Future<NodeAnswer> afterRung(CallId id, PeerId caller, Function<OutgoingCall, NodeAnswer> action) {
        return census.settled(caller).transform(settled -> {
            OutgoingCall call = calls.get(id);
            if (call == null) {
                return Future.succeededFuture(GONE);
            }
            // It may have ended while it was waited for.
            return call.rung().map(rung -> calls.get(id) == call ? action.apply(call) : GONE);
        });
    }

    private Future<Void> endFor(Map<PeerId, NodeId> peers, CallId call, CallEnding reason) {
        Map<NodeId, List<PeerId>> byNode = new HashMap<>();
        peers.forEach((peer, node) ->
                byNode.computeIfAbsent(node, n -> new ArrayList<>()).add(peer));
        List<Future<?>> told = new ArrayList<>();
        byNode.forEach((node, of) -> {
            NodeRequest.EndCall end = new NodeRequest.EndCall(call, of, reason);
            told.add(node.equals(census.self()) ? endCall(end) : link.ask(node, end));
        });
        return Future.join(told).otherwiseEmpty().mapEmpty();
    }

    private void endAt(PeerId peer, CallId call, CallEnding reason) {
        census.peer(peer).ifPresent(called -> {
            IncomingCall ended = called.incoming().remove(call);
            if (ended != null) {
                called.deliver(new ServerMessage.CallEnded(call, reason));
                if (ended.taken()) {
                    var unused = records.save(called);
                }
            }
        });
    }
}
