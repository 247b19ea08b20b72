package io.heliograph.protocol;

/** Why this process does not take a connection. */
public enum ConnectionRefusal {
    /** It stops, or gives up its clients. */
    LEAVING("leaving"),
    /** It has as many as it may. */
    FULL("full"),
    /** It has as many from that address as it may. */
    ADDRESS("address"),
    /** More come at once than it takes. */
    PACE("pace"),
    /** A page from elsewhere made it. */
    ORIGIN("origin"),
    /** It says where it is from, and comes from no proxy whose word is taken. */
    PROXY("proxy"),
    /** Nothing was asked for in time. */
    SILENT("silent");

    private final String label;

    ConnectionRefusal(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
