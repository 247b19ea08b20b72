package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Joined;
import io.heliograph.protocol.ServerMessage.Presence;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A peer that this node owns. What comes for it before {@code welcome}, while it joins a room, and while it has no connection,
 * waits.
 */
public final class LocalPeer {
    private static final int STRANGERS_MAX = 256;
    private static final int ACQUAINTANCES_MAX = 256;

    // Set once.
    private final PeerId id;
    private final Optional<Name> user;
    private final Optional<Payload> data;
    private final Promise<Void> gone = Promise.promise();

    // Owned by the node's context.
    private final Set<Name> rooms = new HashSet<>();
    private final Map<PeerId, NodeId> strangers = new LinkedHashMap<>();
    /** The one who wrote last is last. */
    private final Set<PeerId> acquaintances = new LinkedHashSet<>();

    private final Mailbox mailbox = new Mailbox();
    private final Set<Group> crowds = new LinkedHashSet<>();
    private final Set<Name> watched = new HashSet<>();
    private final Map<CallId, OutgoingCall> outgoing = new LinkedHashMap<>();
    private final Map<CallId, IncomingCall> incoming = new LinkedHashMap<>();
    /** While it moves: the nodes that still send to where it was. */
    private final Set<NodeId> behind = new HashSet<>();

    private boolean departing;
    private boolean packed;

    private Optional<Receiver> receiver;
    private boolean holding = true;
    private boolean yielding;
    private boolean begun;
    private boolean leaving;
    private boolean mailClosed;
    private boolean disowned;
    private int ticksAway;
    private Claim claim;

    /** Its title to the session. */
    record Claim(long epoch, String key, Optional<String> formerKey) {
        static Claim of(SessionRecord held) {
            return new Claim(held.epoch(), held.key(), held.formerKey());
        }

        /** Whether the token with this hash gives another one. */
        boolean isOpenedBy(String hash) {
            return key.equals(hash) || formerKey.equals(Optional.of(hash));
        }
    }

    LocalPeer(PeerId id, Optional<Name> user, Optional<Payload> data, Claim claim, Receiver receiver) {
        this.id = id;
        this.user = user;
        this.data = data;
        this.claim = claim;
        this.receiver = Optional.of(receiver);
    }

    public PeerId id() {
        return id;
    }

    public Optional<Name> user() {
        return user;
    }

    /** What it gave in {@code hello}, for a join that brings none. */
    public Optional<Payload> data() {
        return data;
    }

    /** Whether its client has been told {@code welcome} by this node. */
    public boolean hasBegun() {
        return begun;
    }

    /** Completes when this node has the peer no more: it has ended, or is on another one. */
    public Future<Void> gone() {
        return gone.future();
    }

    Claim claim() {
        return claim;
    }

    long epoch() {
        return claim.epoch();
    }

    void claim(Claim next) {
        claim = next;
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
        begun = true;
        if (!yielding && isConnected()) {
            holding = false;
            mailbox.takeAll().forEach(this::deliver);
        }
    }

    /** {@code welcome} is to tell how everything is now, and so what led there. */
    void resume(Resumed told) {
        List<ServerMessage> held = mailbox.takeAll();
        held.stream().filter(Presence.class::isInstance).forEach(mailbox::add);
        held.stream().filter(News.behind(told)).forEach(mailbox::add);
    }

    /** Delivers now, or keeps it; answers false where there is no room for it, or nobody to come back for it. */
    boolean deliver(ServerMessage message) {
        if (leaving) {
            return false;
        }
        if (!holding && isConnected()) {
            receiver.orElseThrow().deliver(message);
            return true;
        }
        if (!isConnected()) {
            if (News.tellsHowThingsAre(message)) {
                return true;
            }
            if (mailClosed || !mailbox.hasRoomFor(message)) {
                return false;
            }
        }
        mailbox.add(message);
        return true;
    }

    /** What comes from now on waits for {@link #endJoin}. */
    void hold() {
        holding = true;
    }

    /** Delivers {@code joined}, then what waited behind it, less what {@code joined} has told already. */
    void endJoin(Joined joined) {
        if (yielding || !isConnected()) {
            // The next connection's welcome tells of the room.
            return;
        }
        holding = false;
        deliver(joined);
        mailbox.takeAll().stream().filter(News.behind(joined)).forEach(this::deliver);
    }

    /** Its connection is to end, since another one has the session: completes when nothing more comes of it. */
    Future<Void> giveWay(CloseReason reason) {
        if (receiver.isEmpty()) {
            return Future.succeededFuture();
        }
        suspend();
        return receiver.get().supersede(reason).onComplete(superseded -> detach());
    }

    /** Its connection is closing: what comes from now on waits for the next one. */
    void suspend() {
        holding = true;
        yielding = true;
    }

    /** It has no connection any more. */
    void detach() {
        receiver = Optional.empty();
        holding = true;
        yielding = false;
        ticksAway = 0;
    }

    /** It has a connection again; what waits goes on waiting until {@link #begin}. */
    void attach(Receiver connected) {
        receiver = Optional.of(connected);
        holding = true;
    }

    boolean isAway() {
        return receiver.isEmpty();
    }

    /** Not so already when its connection is closed and what was said over it still takes effect. */
    private boolean isConnected() {
        return receiver.filter(Receiver::isOpen).isPresent();
    }

    /** Another node has said that a room has it there, of which nobody has told this node: it is out of the room here. */
    void disown() {
        disowned = true;
    }

    /** It is this node's after all: where it is out of rooms by the word of others, its client is to come back and see so. */
    void own() {
        if (disowned) {
            disowned = false;
            var unused = giveWay(CloseReason.RESTART);
        }
    }

    /** Its connection, for {@link #hasStill}. */
    Optional<Receiver> connection() {
        return receiver;
    }

    /** Whether it has the same connection as then: another one's {@code welcome} tells how everything is. */
    boolean hasStill(Optional<Receiver> connection) {
        return receiver.equals(connection);
    }

    void hasBeenAway(int seconds) {
        ticksAway += seconds;
    }

    /** Counts a tick without a connection, the first of which may come at once; answers how many there have been. */
    int tickAway() {
        return ++ticksAway;
    }

    /** How many there have been. */
    int ticksAway() {
        return ticksAway;
    }

    /** How much waits for it. */
    int mailBytes() {
        return mailbox.bytes();
    }

    /** From now on nothing reaches it. */
    void leaving() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    /** It was not to leave after all. */
    void stays() {
        leaving = false;
    }

    /** It was not to leave after all: it is away. */
    void staysAway() {
        leaving = false;
        detach();
    }

    /** This node has it no more. Answers what still waited for it, and is to be told wherever it is. */
    List<ServerMessage> end() {
        leaving = true;
        packed = true;
        gone.tryComplete();
        return takeMail();
    }

    /** Answers what waits for it, and is to be told wherever it is. */
    List<ServerMessage> takeMail() {
        return mailbox.takeAll().stream()
                .filter(message -> !News.tellsHowThingsAre(message))
                .toList();
    }

    /** While it is away nothing can wait for it any more. Answers what did. */
    List<ServerMessage> closeMail() {
        mailClosed = true;
        return mailbox.takeAll();
    }

    /** Puts what had waited for it elsewhere before what waits here. */
    void putFirst(List<ServerMessage> earlier) {
        List<ServerMessage> later = mailbox.takeAll();
        earlier.forEach(mailbox::add);
        later.forEach(mailbox::add);
    }

    /** It has come from another node, to which these still send what is for it. */
    void arriveAhead(Set<NodeId> nodes) {
        behind.addAll(nodes);
    }

    /** Another node has claimed it; only these still send here what is for it. */
    void departFrom(Set<NodeId> nodes) {
        departing = true;
        behind.addAll(nodes);
    }

    /** The node knows where it is now. */
    void caughtUp(NodeId node) {
        behind.remove(node);
    }

    /** Whether all nodes know where it is now. */
    boolean isCaughtUp() {
        return behind.isEmpty();
    }

    /** Another node knows what it has: it enters and leaves nothing more here. */
    void pack() {
        packed = true;
    }

    boolean isPacked() {
        return packed;
    }

    /** It is still here. */
    void departsNot() {
        departing = false;
        packed = false;
        behind.clear();
    }

    boolean isDeparting() {
        return departing;
    }

    /** Whether what {@code node} sends is meant for it here, and not for the same peer on the other node. */
    boolean hears(NodeId node) {
        return departing == behind.contains(node);
    }

    /** That one has written to it. Answers whether it was somebody new. */
    boolean acquaint(PeerId other) {
        boolean known = acquaintances.remove(other);
        if (acquaintances.size() >= ACQUAINTANCES_MAX) {
            acquaintances.remove(acquaintances.iterator().next());
        }
        acquaintances.add(other);
        return !known;
    }

    boolean isAcquaintedWith(PeerId other) {
        return acquaintances.contains(other);
    }

    List<PeerId> acquaintances() {
        return List.copyOf(acquaintances);
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

    /** The stranger is on another node now. */
    void moved(PeerId stranger, NodeId node) {
        strangers.replace(stranger, node);
    }

    void forgetAllOn(NodeId node) {
        strangers.values().removeIf(node::equals);
    }
}
