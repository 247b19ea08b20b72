package io.heliograph.protocol;

/** A text that nobody may read in a log or an error. */
public record Secret(String value) {

    /** Without the text. */
    @Override
    public String toString() {
        return "(not shown)";
    }
}
