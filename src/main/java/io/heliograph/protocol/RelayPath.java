package io.heliograph.protocol;

/** Whether a relayed frame stayed on its node. */
public enum RelayPath {
    LOCAL("local"),
    REMOTE("remote");

    private final String label;

    RelayPath(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
