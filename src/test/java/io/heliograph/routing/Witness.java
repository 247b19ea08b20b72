package io.heliograph.routing;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.Roster;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Accepted;
import io.heliograph.protocol.ServerMessage.CallEnded;
import io.heliograph.protocol.ServerMessage.Dropped;
import io.heliograph.protocol.ServerMessage.Joined;
import io.heliograph.protocol.ServerMessage.PeerJoined;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.heliograph.protocol.ServerMessage.PeerUpdated;
import io.heliograph.protocol.ServerMessage.Presence;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.protocol.ServerMessage.Ring;
import io.heliograph.protocol.ServerMessage.Ringing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Believes what one client is told, and complains of whatever the protocol does not allow to be told. */
public final class Witness {

    /**
     * A room as the client sees it.
     *
     * @param found those who were there before, and still are
     * @param others all others who are there now
     */
    public record View(long order, int capacity, Set<PeerId> found, Map<PeerId, Member> others) {}

    /** A call as the client sees it. */
    public enum CallState {
        /** It rings elsewhere. */
        MADE,
        /** It rings here, or was taken here. */
        RINGS,
        /** The other side took it. */
        TAKEN,
        /** It ended while the client was away; how may still follow. */
        OVER,
        ENDED
    }

    /** What became of the node of before, when its client goes on elsewhere. */
    enum Former {
        /** It is the same node. */
        STAYED,
        /** It has let go of the session, and has handed over all there was. */
        LET_GO,
        /** It may have told the client how calls went on, and nobody else. */
        DIED,
        /** The same; and some may have sent to it what they also sent elsewhere for its client. */
        LEFT_BEHIND
    }

    private final PeerId self;
    private final Consumer<String> complaints;

    // Shared: any thread; guarded by this object.
    private final Map<Name, View> views = new HashMap<>();
    private final Map<PeerId, Long> lastFrom = new HashMap<>();
    private final List<ServerMessage> told = new ArrayList<>();
    private final Set<Name> watched = new HashSet<>();
    private final Map<Name, Integer> presences = new HashMap<>();
    private final Map<CallId, CallState> calls = new LinkedHashMap<>();
    /** Listed by a welcome, and not heard of before. */
    private final Set<CallId> listed = new HashSet<>();

    private final Map<CallId, CallEnding> endings = new HashMap<>();
    private Former worst = Former.STAYED;
    private boolean gone;

    Witness(PeerId self, Consumer<String> complaints) {
        this.self = self;
        this.complaints = complaints;
    }

    synchronized void deliver(ServerMessage message) {
        if (gone) {
            return;
        }
        told.add(message);
        if (message instanceof Joined joined) {
            joined(joined);
        } else if (message instanceof PeerJoined event) {
            peerJoined(event);
        } else if (message instanceof PeerLeft event) {
            View view = view(event.room(), event);
            require(view.others().remove(event.peer()) != null, event, "was not there");
            view.found().remove(event.peer());
        } else if (message instanceof PeerUpdated event) {
            Member known = view(event.room(), event)
                    .others()
                    .computeIfPresent(event.peer(), (peer, member) -> member.withData(event.data()));
            require(known != null, event, "is not there");
        } else if (message instanceof Relayed relayed) {
            relayed(relayed);
        } else if (message instanceof Presence presence) {
            require(watched.contains(presence.user()), presence, "not watched");
            presences.put(presence.user(), presence.peers());
        } else if (message instanceof Ringing ringing) {
            require(
                    calls.put(ringing.call(), CallState.MADE) == null || listed.remove(ringing.call()),
                    ringing,
                    "not a new call");
        } else if (message instanceof Ring ring) {
            CallState before = calls.put(ring.call(), CallState.RINGS);
            boolean again = (before == CallState.RINGS || before == CallState.OVER) && worst == Former.LEFT_BEHIND;
            require(before == null || listed.remove(ring.call()) || again, ring, "not a new call");
        } else if (message instanceof Accepted accepted) {
            CallState before = calls.get(accepted.call());
            require(Set.of(CallState.MADE, CallState.OVER).contains(before), accepted, "nothing to accept");
            calls.replace(accepted.call(), CallState.MADE, CallState.TAKEN);
        } else if (message instanceof CallEnded end) {
            CallState before = calls.put(end.call(), CallState.ENDED);
            boolean neverHeardOf = before == null && worst.compareTo(Former.LET_GO) > 0;
            require(neverHeardOf || (before != null && before != CallState.ENDED), end, "not a call that goes on");
            endings.put(end.call(), end.reason());
        } else if (!(message instanceof Dropped)) {
            require(false, message, "not from a router");
        }
    }

    /**
     * It goes on over another connection: this is how everything is now.
     *
     * @param uncertain whether its last request was never answered, or may not be known
     */
    synchronized void resumed(Resumed resumed, boolean uncertain, Former former) {
        if (gone) {
            return;
        }
        Set<Name> before = Set.copyOf(views.keySet());
        views.clear();
        for (Roster roster : resumed.rooms()) {
            require(uncertain || before.contains(roster.room()), roster, "resumed in a room that it is not in");
            Set<PeerId> found = new HashSet<>();
            Map<PeerId, Member> others = new HashMap<>();
            for (Member member : roster.peers()) {
                require(others.put(member.peer(), member) == null, roster, "a peer twice");
                if (member.order() < roster.order()) {
                    found.add(member.peer());
                }
            }
            require(!others.containsKey(self), roster, "found itself");
            views.put(roster.room(), new View(roster.order(), roster.capacity(), found, others));
        }
        before.forEach(room -> require(uncertain || views.containsKey(room), room, "not in the room any more"));
        require(uncertain || Set.copyOf(resumed.watching()).equals(watched), resumed, "watches others");
        watched.clear();
        watched.addAll(resumed.watching());
        presences.keySet().retainAll(watched);
        worst = former.compareTo(worst) > 0 ? former : worst;
        Set<CallId> going = resumed.calls().stream()
                .map(io.heliograph.protocol.CallState::call)
                .collect(Collectors.toSet());
        for (io.heliograph.protocol.CallState state : resumed.calls()) {
            CallState now = state.accepted() ? CallState.TAKEN : CallState.MADE;
            if (worst.compareTo(Former.LET_GO) > 0 && isOver(calls.get(state.call()))) {
                calls.remove(state.call());
            }
            if (calls.putIfAbsent(state.call(), state.made() ? now : CallState.RINGS) == null) {
                listed.add(state.call());
            }
        }
        calls.replaceAll((call, state) -> state != CallState.ENDED && !going.contains(call) ? CallState.OVER : state);
    }

    private static boolean isOver(@Nullable CallState state) {
        return state == CallState.ENDED || state == CallState.OVER;
    }

    /** Watches these users from now on; answers those it did not watch before. */
    synchronized List<Name> watches(List<Name> users) {
        return users.stream().filter(watched::add).toList();
    }

    /** Watches them no more. */
    synchronized void unwatches(List<Name> users) {
        users.forEach(watched::remove);
        users.forEach(presences::remove);
    }

    /** The request to watch them has been granted. */
    synchronized void mustKnow(List<Name> users) {
        users.forEach(user -> require(gone || presences.containsKey(user), user, "presence not told"));
    }

    /** How many peers each watched user has, as it was told last. */
    public synchronized Map<Name, Integer> presences() {
        return new TreeMap<>(presences);
    }

    /** Its own request has ended the call. */
    synchronized void endedItself(CallId call) {
        CallState before = calls.put(call, CallState.ENDED);
        require(before != null && before != CallState.ENDED, call, "ended twice");
    }

    /** The calls that go on. */
    public synchronized Map<CallId, CallState> calls() {
        Map<CallId, CallState> open = new LinkedHashMap<>(calls);
        open.values().removeAll(Set.of(CallState.ENDED, CallState.OVER));
        return open;
    }

    /** How the calls ended whose end it was told. */
    public synchronized Map<CallId, CallEnding> endings() {
        return Map.copyOf(endings);
    }

    /** The request to join has been granted. */
    synchronized void mustBeIn(Name room) {
        require(views.containsKey(room), room, "not told joined");
    }

    /** The client has been told {@code left}. */
    synchronized void left(Name room) {
        require(views.remove(room) != null, room, "left without joined");
    }

    /** The connection is closed: what comes now, nobody hears. */
    synchronized void close() {
        gone = true;
        views.clear();
        watched.clear();
        presences.clear();
        calls.clear();
    }

    /** What the client sees of a room it is in. */
    public synchronized Optional<View> view(Name room) {
        return Optional.ofNullable(views.get(room))
                .map(view -> new View(view.order, view.capacity, Set.copyOf(view.found), new HashMap<>(view.others)));
    }

    /** Whether it sees {@code peer} in the room. */
    public synchronized boolean sees(Name room, PeerId peer) {
        View view = views.get(room);
        return view != null && view.others.containsKey(peer);
    }

    /** All it was told, in order. */
    public synchronized List<ServerMessage> told() {
        return List.copyOf(told);
    }

    /** All of that kind that it was told, in order. */
    public <T extends ServerMessage> List<T> told(Class<T> kind) {
        return told().stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** The number of the last relay that came from {@code peer}, 0 if none. */
    public synchronized long lastFrom(PeerId peer) {
        return lastFrom.getOrDefault(peer, 0L);
    }

    private void joined(Joined joined) {
        require(!views.containsKey(joined.room()), joined, "joined twice");
        Set<PeerId> found = new HashSet<>();
        Map<PeerId, Member> others = new HashMap<>();
        long last = 0;
        for (Member member : joined.peers()) {
            require(member.order() >= last, joined, "peers out of order");
            last = member.order();
            require(found.add(member.peer()), joined, "a peer twice");
            others.put(member.peer(), member);
        }
        require(last < joined.order(), joined, "found somebody who came later");
        require(!found.contains(self), joined, "found itself");
        views.put(joined.room(), new View(joined.order(), joined.capacity(), found, others));
    }

    private void peerJoined(PeerJoined event) {
        Member member = event.member();
        Map<PeerId, Member> others = view(event.room(), event).others();
        require(!member.peer().equals(self), event, "told of itself");
        require(others.put(member.peer(), member) == null, event, "was there already");
    }

    private void relayed(Relayed relayed) {
        relayed.group()
                .filter(group -> group.kind() == GroupKind.ROOM)
                .ifPresent(room -> require(
                        view(room.name(), relayed).others().containsKey(relayed.from()), relayed, "is not there"));
        require(!relayed.from().equals(self), relayed, "its own relay came back");
        long number = numberOf(relayed.data());
        long before = lastFrom(relayed.from());
        lastFrom.put(relayed.from(), Math.max(number, before));
        require(before < number || worst == Former.LEFT_BEHIND, relayed, "relay " + number + " after " + before);
    }

    private View view(Name room, Object event) {
        View view = views.get(room);
        require(view != null, event, "not in the room");
        return view == null ? new View(0, 0, new HashSet<>(), new HashMap<>()) : view;
    }

    private void require(boolean condition, Object event, String complaint) {
        if (!condition) {
            complaints.accept(self + ": " + complaint + ": " + event + "\n  after " + told);
        }
    }

    private static long numberOf(Optional<Payload> data) {
        return data.map(json -> Long.parseLong(new String(json.toBytes(), StandardCharsets.UTF_8)))
                .orElse(0L);
    }
}
