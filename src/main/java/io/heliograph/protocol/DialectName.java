package io.heliograph.protocol;

/** The wire formats that clients may speak. */
public enum DialectName {
    /** Heliograph's own, version 1. */
    V1("v1");

    private final String label;

    DialectName(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
