package io.heliograph.routing;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a session takes along wherever it goes.
 *
 * @param data for a join that brings none
 * @param calls those that were taken; of one that still rings, others know
 * @param acquaintances peers that have written to it, the last ones last; only where they have to
 */
public record SessionState(
        Optional<Name> user,
        Optional<Payload> data,
        List<Membership> rooms,
        List<Name> topics,
        List<Name> watching,
        List<TakenCall> calls,
        List<PeerId> acquaintances) {

    /**
     * One room that it is in.
     *
     * @param version of its data there
     */
    public record Membership(Name room, int capacity, long order, Optional<Payload> data, long version) {}

    /**
     * A call that this peer made and {@code other} took, or the other way round.
     *
     * @param callee whom it called
     * @param made whether this peer made it
     */
    public record TakenCall(CallId call, PeerId other, Name callee, boolean made) {}

    public SessionState {
        rooms = List.copyOf(rooms);
        topics = List.copyOf(topics);
        watching = List.copyOf(watching);
        calls = List.copyOf(calls);
        acquaintances = List.copyOf(acquaintances);
    }

    /** One that is nowhere yet. */
    static SessionState initial(Optional<Name> user, Optional<Payload> data) {
        return new SessionState(user, data, List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** The same with these acquaintances. */
    public SessionState knowing(List<PeerId> others) {
        return new SessionState(user, data, rooms, topics, watching, calls, others);
    }

    /** Where it is reached beside others. */
    List<Group> groups() {
        List<Group> groups = new ArrayList<>();
        user.ifPresent(name -> groups.add(Group.user(name)));
        topics.forEach(topic -> groups.add(Group.topic(topic)));
        rooms.forEach(membership -> groups.add(Group.room(membership.room())));
        return groups;
    }

    /** What it is in that room, if it is in it. */
    Optional<Membership> membership(Name room) {
        return rooms.stream()
                .filter(membership -> membership.room().equals(room))
                .findAny();
    }
}
