package io.heliograph.protocol;

/** What a group is for. Each kind has names of its own. */
public enum GroupKind {
    /** Members know each other. */
    ROOM("room"),
    /** Subscribers receive what anyone publishes. */
    TOPIC("topic"),
    /** The peers of one person. */
    USER("user");

    private final String label;

    GroupKind(String label) {
        this.label = label;
    }

    /** The word on the wire, where it names the field of an address. */
    public String label() {
        return label;
    }
}
