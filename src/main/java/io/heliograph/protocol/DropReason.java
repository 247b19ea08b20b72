package io.heliograph.protocol;

/** Why a frame was given up on its way, through no fault of its sender. */
public enum DropReason {
    /** Too much is under way to the node concerned. */
    OVERFLOW("overflow"),
    /** The node concerned went away, or did not answer in time. */
    NODE_LOST("node-lost"),
    /** The addressee was away, and did not come back within its window. */
    EXPIRED("expired"),
    /** The addressee was not (or no longer) where it had been. */
    PEER_GONE("peer-gone");

    private final String label;

    DropReason(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
