package io.heliograph.protocol;

/** What became of the question who a client is. */
public enum WebhookResult {
    ALLOWED("allowed"),
    DENIED("denied"),
    /** There was an answer that says neither. */
    UNUSABLE("unusable"),
    /** There was no answer in time, or one that says that the endpoint has too much to do. */
    FAILED("failed"),
    /** It was not asked, since the endpoint had failed several times in a row. */
    OPEN("open");

    private final String label;

    WebhookResult(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
