package io.heliograph.protocol;

/** What became of a call that rang. */
public enum CallOutcome {
    /** Somebody took it, and one side hung up. */
    COMPLETED("completed"),
    /** Nobody took it in time. */
    NO_ANSWER("no-answer"),
    /** Somebody called rejected it, for whatever reason. */
    REJECTED("rejected"),
    /** The caller hung up while it rang. */
    CANCELLED("cancelled"),
    /** A party's session ended, while it rang or after it was taken. */
    LOST("lost");

    private final String label;

    CallOutcome(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
