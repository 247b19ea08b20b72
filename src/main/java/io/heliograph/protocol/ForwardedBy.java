package io.heliograph.protocol;

/** How a proxy in front says where clients are. */
public enum ForwardedBy {
    /** It does not, or there is none. */
    NOTHING("nothing"),
    /** In the header that nearly all of them add to. */
    X_FORWARDED_FOR("x-forwarded-for"),
    /** In that header (RFC 7239). */
    FORWARDED("forwarded"),
    /** At the beginning of the connection (PROXY protocol, 1 or 2). */
    PROXY_PROTOCOL("proxy-protocol");

    private final String label;

    ForwardedBy(String label) {
        this.label = label;
    }

    /** The word in the configuration. */
    public String label() {
        return label;
    }
}
