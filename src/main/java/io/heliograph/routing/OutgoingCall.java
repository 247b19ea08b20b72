package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A call that a peer of this node makes: at whom it rings, and who took it. It is the one place where that is decided. */
final class OutgoingCall {
    // Set once.
    private final CallId id;
    private final LocalPeer caller;
    private final Name callee;
    private final Promise<Void> rung = Promise.promise();

    // Owned by the node's context.
    private final Map<PeerId, NodeId> ringing = new LinkedHashMap<>();
    private Optional<PeerId> taker = Optional.empty();
    private int ticksLeft;

    OutgoingCall(CallId id, LocalPeer caller, Name callee, int ringTicks) {
        this.id = id;
        this.caller = caller;
        this.callee = callee;
        this.ticksLeft = ringTicks;
    }

    /** A call that {@code caller} made on another node, which rings here from now on. */
    static OutgoingCall of(MadeCall made, LocalPeer caller) {
        OutgoingCall call = new OutgoingCall(made.id(), caller, made.callee(), made.ticksLeft());
        call.ringing.putAll(made.called());
        call.taker = made.taker();
        call.haveRung();
        return call;
    }

    /** What the caller takes along to another node. */
    MadeCall made() {
        return new MadeCall(id, callee, ringing, taker, Math.max(0, ticksLeft));
    }

    /** The called peer is on another node now. */
    void move(PeerId peer, NodeId node) {
        ringing.replace(peer, node);
    }

    CallId id() {
        return id;
    }

    LocalPeer caller() {
        return caller;
    }

    Name callee() {
        return callee;
    }

    /** It rings at these peers of {@code node}. */
    void ringAt(NodeId node, List<PeerId> peers) {
        peers.forEach(peer -> ringing.put(peer, node));
    }

    /** All nodes have been asked to ring: the caller knows of it. */
    void haveRung() {
        rung.complete();
    }

    /** Completes when the caller knows that it rings, which what follows must not overtake. */
    Future<Void> rung() {
        return rung.future();
    }

    /** Whether anybody may still take it. */
    boolean isRinging() {
        return taker.isEmpty();
    }

    /** Those in it beside the caller: at whom it rings, or else who took it. */
    Map<PeerId, NodeId> called() {
        return ringing;
    }

    Optional<PeerId> taker() {
        return taker;
    }

    /** Gives the call to {@code peer}; answers those at whom it rang beside. */
    Map<PeerId, NodeId> give(PeerId peer) {
        taker = Optional.of(peer);
        Map<PeerId, NodeId> others = new LinkedHashMap<>(ringing);
        others.remove(peer);
        ringing.keySet().removeAll(others.keySet());
        return others;
    }

    /** Takes {@code peer} out. */
    void drop(PeerId peer) {
        ringing.remove(peer);
    }

    /** The called peers on {@code node}. */
    List<PeerId> calledOn(NodeId node) {
        List<PeerId> peers = new ArrayList<>();
        ringing.forEach((peer, home) -> {
            if (home.equals(node)) {
                peers.add(peer);
            }
        });
        return peers;
    }

    /** Counts a second of ringing; answers whether it has rung long enough. */
    boolean tick() {
        return isRinging() && ticksLeft-- <= 0;
    }
}
