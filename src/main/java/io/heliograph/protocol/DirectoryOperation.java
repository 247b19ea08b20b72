package io.heliograph.protocol;

/** What the directory was asked. */
public enum DirectoryOperation {
    /** One record or entry. */
    FIND("find"),
    /** One record or entry for another, if nobody else was first. */
    REPLACE("replace"),
    /** All records of a node, or everything. */
    LIST("list");

    private final String label;

    DirectoryOperation(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
