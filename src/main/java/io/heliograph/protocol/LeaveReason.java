package io.heliograph.protocol;

/** Why a peer is no longer in a room, as told to those who still are. */
public enum LeaveReason {
    /** It said so, or closed its connection in good order. */
    LEFT("left"),
    /** Its connection or its node is gone. */
    LOST("lost"),
    /** The server closed its connection for what it did. */
    KICKED("kicked");

    private final String label;

    LeaveReason(String label) {
        this.label = label;
    }

    /** The word on the wire and in metrics. */
    public String label() {
        return label;
    }
}
