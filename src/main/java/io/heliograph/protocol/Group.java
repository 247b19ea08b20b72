package io.heliograph.protocol;

import java.util.Comparator;

/** Peers that are reached together, on whatever nodes they are. */
public record Group(GroupKind kind, Name name) implements Comparable<Group> {
    private static final Comparator<Group> ORDER =
            Comparator.comparing(Group::kind).thenComparing(Group::name);

    /** The room of this name. */
    public static Group room(Name name) {
        return new Group(GroupKind.ROOM, name);
    }

    /** The topic of this name. */
    public static Group topic(Name name) {
        return new Group(GroupKind.TOPIC, name);
    }

    /** The peers of the user of this name. */
    public static Group user(Name name) {
        return new Group(GroupKind.USER, name);
    }

    @Override
    public int compareTo(Group other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return kind.label() + " " + name;
    }
}
