package io.heliograph.routing;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What this node's peers do in calls. The caller's node owns a call; the nodes of called peers ask it. A future that fails with a
 * {@link Refusal} says why; the request then had no effect.
 */
public final class Calls {
    private final NodeId self;
    private final Census census;
    private final Crowds crowds;
    private final OtherNodes others;
    private final CallDesk desk;
    private final Records records;
    private final int ringSeconds;

    Calls(Census census, Crowds crowds, OtherNodes others, CallDesk desk, Records records, int ringSeconds) {
        this.census = census;
        this.self = census.self();
        this.crowds = crowds;
        this.others = others;
        this.desk = desk;
        this.records = records;
        this.ringSeconds = ringSeconds;
    }

    /** Rings at all peers of the user but the caller, to whom {@code ringing} is delivered. */
    public Future<Void> call(LocalPeer caller, ClientMessage.Call request) {
        Collection<OutgoingCall> made = caller.outgoing().values();
        if (made.size() >= Limits.CALLS_MAX) {
            return refuse(ErrorCode.TOO_MANY, "calls: " + made.size() + " made (expected: < " + Limits.CALLS_MAX + ")");
        }
        if (made.stream().anyMatch(call -> call.isRinging() && call.callee().equals(request.user()))) {
            return refuse(ErrorCode.TOO_MANY, "calls: one to this user is ringing (expected: none)");
        }
        return crowds.find(Group.user(request.user())).compose(found -> {
            if (found.isEmpty()) {
                return Crowds.offline();
            }
            if (caller.gone().isComplete()) {
                return refuse(ErrorCode.UNAVAILABLE, "session: is elsewhere");
            }
            Set<NodeId> nodes = found.get().nodesWithMembers();
            nodes.add(self);
            return ring(new OutgoingCall(CallId.random(), caller, request.user(), ringSeconds), request, nodes);
        });
    }

    private Future<Void> ring(OutgoingCall call, ClientMessage.Call request, Set<NodeId> nodes) {
        LocalPeer caller = call.caller();
        NodeRequest.Ring ring = new NodeRequest.Ring(
                call.callee(), new ServerMessage.Ring(call.id(), caller.id(), caller.user(), request.data()));
        desk.open(call);
        List<Future<NodeAnswer>> answers = new ArrayList<>();
        for (NodeId node : nodes) {
            answers.add(ask(node, ring, () -> desk.ring(self, ring)).onSuccess(answer -> {
                if (answer instanceof NodeAnswer.Rung rung) {
                    rung.peers().forEach(peer -> call.ringAt(census.nodeOf(peer, node), List.of(peer)));
                }
            }));
        }
        return Future.join(answers).transform(asked -> {
            if (call.called().isEmpty()) {
                desk.close(call);
                call.haveRung();
                return asked.failed() ? OtherNodes.unavailable() : Crowds.offline();
            }
            caller.deliver(new ServerMessage.Ringing(
                    request.id(), call.id(), call.called().size()));
            call.haveRung();
            return Future.succeededFuture();
        });
    }

    /** Takes a call that rings at the peer. */
    public Future<Void> accept(LocalPeer called, ClientMessage.Accept request) {
        // One that it has taken already may be asked for again: the answer may have been lost.
        Optional<IncomingCall> incoming = Optional.ofNullable(called.incoming().get(request.call()));
        if (incoming.isEmpty()) {
            return gone();
        }
        NodeRequest.Accept accept =
                new NodeRequest.Accept(request.call(), incoming.get().caller(), called.id(), request.data());
        return ask(incoming.get().owner(), accept, () -> desk.accept(accept)).compose(answer -> {
            if (answer instanceof NodeAnswer.Gone) {
                return gone();
            }
            called.incoming().computeIfPresent(request.call(), (id, call) -> call.asTaken());
            // The caller has been told: this one is not to wait, perhaps in vain, for the directory.
            var unused = records.save(called);
            return Future.succeededFuture();
        });
    }

    /** Turns down a call that rings at the peer. */
    public Future<Void> reject(LocalPeer called, ClientMessage.Reject request) {
        return ringingAt(called, request.call())
                .map(call -> withdraw(called, call, Withdrawal.REJECT, request.reason()))
                .orElseGet(Calls::gone);
    }

    /** Ends a call that the peer made or took. */
    public Future<Void> hangUp(LocalPeer peer, ClientMessage.Hangup request) {
        OutgoingCall made = peer.outgoing().get(request.call());
        if (made != null) {
            var unused = desk.end(made, CallEnding.HANGUP, Optional.of(peer.id()));
            return Future.succeededFuture();
        }
        // Whether it is this peer's to end, its owner knows: the answer to an accept that won may have been lost.
        return Optional.ofNullable(peer.incoming().get(request.call()))
                .map(call -> withdraw(peer, call, Withdrawal.HANG_UP, CallEnding.HANGUP))
                .orElseGet(Calls::gone);
    }

    /** Ends all that the peer has to do with. Cannot be refused: what another node does not hear is repaired. */
    Future<Void> exit(LocalPeer peer) {
        List<Future<?>> ends = new ArrayList<>();
        List.copyOf(peer.outgoing().values())
                .forEach(call -> ends.add(desk.end(call, CallEnding.LOST, Optional.of(peer.id()))));
        for (IncomingCall call : List.copyOf(peer.incoming().values())) {
            ends.add(withdraw(peer, call, Withdrawal.VANISH, CallEnding.LOST));
        }
        peer.incoming().clear();
        return Future.join(ends).otherwiseEmpty().mapEmpty();
    }

    private Future<Void> withdraw(LocalPeer called, IncomingCall call, Withdrawal how, CallEnding reason) {
        NodeRequest.Withdraw withdraw = new NodeRequest.Withdraw(call.id(), call.caller(), called.id(), how, reason);
        return ask(call.owner(), withdraw, () -> desk.withdraw(withdraw)).compose(answer -> {
            if (answer instanceof NodeAnswer.Gone) {
                return gone();
            }
            called.incoming().remove(call.id());
            if (call.taken()) {
                var unused = records.save(called);
            }
            return Future.succeededFuture();
        });
    }

    private Future<NodeAnswer> ask(NodeId node, NodeRequest request, Supplier<Future<NodeAnswer>> here) {
        return node.equals(self) ? here.get() : others.ask(node, request);
    }

    private static Optional<IncomingCall> ringingAt(LocalPeer called, CallId id) {
        return Optional.ofNullable(called.incoming().get(id)).filter(call -> !call.taken());
    }

    private static <T> Future<T> gone() {
        return refuse(ErrorCode.CALL_GONE, "call: no such call, or not yours, or not now");
    }

    private static <T> Future<T> refuse(ErrorCode code, String text) {
        return Future.failedFuture(new Refusal(code, text));
    }
}
