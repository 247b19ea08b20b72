package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Group;
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

/** A peer that this node owns. What comes for it before {@code welcome}, or while it joins a room, waits. */
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
    private final Set<Group> crowds = new HashSet<>();
    private final Set<Name> watched = new HashSet<>();
    private final Map<CallId, OutgoingCall> outgoing = new LinkedHashMap<>();
    private final Map<CallId, IncomingCall> incoming = new LinkedHashMap<>();
    private boolean holding = true;

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

    /** The topics it is subscribed to, and its user. */
    Set<Group> crowds() {
        return crowds;
    }

    /** The users it watches. */
    Set<Name> watched() {
        return watched;
    }

    /** The calls that it makes. */
    Map<CallId, OutgoingCall> outgoing() {
        return outgoing;
    }

    /** The calls that ring at it, or that it took. */
    Map<CallId, IncomingCall> incoming() {
        return incoming;
    }

    /** It has been told {@code welcome}: delivers what has come meanwhile, and from now on all that comes. */
    public void begin() {
        holding = false;
        held.forEach(receiver::deliver);
        held.clear();
    }

    void deliver(ServerMessage message) {
        if (holding) {
            held.add(message);
        } else {
            receiver.deliver(message);
        }
    }

    /** What comes from now on waits for {@link #endJoin}. */
    void hold() {
        holding = true;
    }

    /** Delivers {@code joined}, then what waited behind it, less what {@code joined} has told already. */
    void endJoin(Joined joined) {
        holding = false;
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
            if (message instanceof Relayed relayed && relayed.group().equals(Optional.of(Group.room(room)))) {
                return told.contains(relayed.from()) || followed.contains(relayed.from());
            }
            return true;
        }
    }
}
