package io.heliograph.routing;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Joined;
import io.heliograph.protocol.ServerMessage.PeerJoined;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.heliograph.protocol.ServerMessage.PeerUpdated;
import io.heliograph.protocol.ServerMessage.Relayed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A peer that this node owns. While it joins a room, what comes for it waits until {@code joined} has gone out. */
public final class LocalPeer {
    private static final int STRANGERS_MAX = 256;

    // Set once.
    private final PeerId id;
    private final Optional<Name> user;
    private final Receiver receiver;

    // Owned by the node's context.
    private final Set<Name> rooms = new HashSet<>();
    private final Map<PeerId, NodeId> strangers = new LinkedHashMap<>();
    private final List<ServerMessage> held = new ArrayList<>();
    private boolean joining;

    LocalPeer(PeerId id, Optional<Name> user, Receiver receiver) {
        this.id = id;
        this.user = user;
        this.receiver = receiver;
    }

    public PeerId id() {
        return id;
    }

    Optional<Name> user() {
        return user;
    }

    /** The rooms it is in. */
    Set<Name> rooms() {
        return rooms;
    }

    void deliver(ServerMessage message) {
        if (joining) {
            held.add(message);
        } else {
            receiver.deliver(message);
        }
    }

    void beginJoin() {
        joining = true;
    }

    /** Delivers {@code joined}, then what waited behind it, less what {@code joined} has told already. */
    void endJoin(Joined joined) {
        joining = false;
        receiver.deliver(joined);
        Visible visible = new Visible(joined);
        held.stream().filter(visible::admits).forEach(receiver::deliver);
        held.clear();
    }

    /** The node on which a peer outside this one's rooms was last found. */
    Optional<NodeId> stranger(PeerId peer) {
        return Optional.ofNullable(strangers.get(peer));
    }

    void remember(PeerId stranger, NodeId node) {
        if (strangers.size() >= STRANGERS_MAX) {
            strangers.remove(strangers.keySet().iterator().next());
        }
        strangers.put(stranger, node);
    }

    void forget(PeerId stranger) {
        strangers.remove(stranger);
    }

    void forgetAllOn(NodeId node) {
        strangers.values().removeIf(node::equals);
    }

    /**
     * What of the events that waited a client may see behind its {@code joined}. That says how those with a lower join number
     * are now, so what led there is no news; those with a higher one come and go as they did.
     */
    private static final class Visible {
        private final Name room;
        private final long order;
        private final Set<PeerId> told = new HashSet<>();
        private final Set<PeerId> followed = new HashSet<>();

        Visible(Joined joined) {
            room = joined.room();
            order = joined.order();
            joined.peers().forEach(member -> told.add(member.peer()));
        }

        boolean admits(ServerMessage message) {
            if (message instanceof PeerJoined event && event.room().equals(room)) {
                PeerId peer = event.member().peer();
                return event.member().order() >= order && !told.contains(peer) && followed.add(peer);
            }
            if (message instanceof PeerLeft event && event.room().equals(room)) {
                return followed.remove(event.peer());
            }
            if (message instanceof PeerUpdated event && event.room().equals(room)) {
                return followed.contains(event.peer());
            }
            if (message instanceof Relayed relayed && relayed.room().equals(Optional.of(room))) {
                return told.contains(relayed.from()) || followed.contains(relayed.from());
            }
            return true;
        }
    }
}
