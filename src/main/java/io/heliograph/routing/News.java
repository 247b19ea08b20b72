package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Joined;
import io.heliograph.protocol.ServerMessage.PeerJoined;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.heliograph.protocol.ServerMessage.PeerUpdated;
import io.heliograph.protocol.ServerMessage.Presence;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.protocol.ServerMessage.Ringing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What of all that waited for a client is news to it, once it is told how everything is. */
final class News {
    private News() {}

    /** Whether it need not be kept: who comes back is told how things are then. */
    static boolean tellsHowThingsAre(ServerMessage message) {
        return message instanceof PeerJoined
                || message instanceof PeerLeft
                || message instanceof PeerUpdated
                || message instanceof Presence
                || message instanceof Ringing;
    }

    /** Behind a {@code welcome} that tells this. */
    static Predicate<ServerMessage> behind(Resumed told) {
        Map<Name, Set<PeerId>> members = new HashMap<>();
        told.rooms()
                .forEach(roster -> members.put(
                        roster.room(), roster.peers().stream().map(Member::peer).collect(Collectors.toSet())));
        return message -> {
            if (message instanceof Relayed relayed) {
                Optional<Group> room = relayed.group().filter(group -> group.kind() == GroupKind.ROOM);
                return room.isEmpty()
                        || members.getOrDefault(room.get().name(), Set.of()).contains(relayed.from());
            }
            return !tellsHowThingsAre(message);
        };
    }

    /** Behind that {@code joined}: to be asked of all that waited, once and in order. */
    static Predicate<ServerMessage> behind(Joined joined) {
        return new BehindJoined(joined);
    }

    /**
     * What of the events that waited a client may see behind its {@code joined}. That says how those with a lower join number
     * are now, so what led there is no news; those with a higher one come and go as they did.
     */
    private static final class BehindJoined implements Predicate<ServerMessage> {
        private final Name room;
        private final long order;
        private final Set<PeerId> told = new HashSet<>();
        private final Set<PeerId> followed = new HashSet<>();

        BehindJoined(Joined joined) {
            room = joined.room();
            order = joined.order();
            joined.peers().forEach(member -> told.add(member.peer()));
        }

        @Override
        public boolean test(ServerMessage message) {
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
