package io.heliograph.protocol;

/** What a relayed frame is about; the server treats all alike. */
public enum RelayType {
    OFFER("offer"),
    ANSWER("answer"),
    CANDIDATE("candidate"),
    BYE("bye"),
    MESSAGE("message");

    private final String label;

    RelayType(String label) {
        this.label = label;
    }

    /** The word on the wire and in metrics. */
    public String label() {
        return label;
    }
}
