package io.heliograph.protocol;

/** What became of a client that showed a token. */
public enum ResumeResult {
    /** Its session goes on, on the node where it was. */
    SAME_NODE("same-node"),
    /** Its session goes on, and came from another node, be that alive or not. */
    OTHER_NODE("other-node"),
    /** The token opens no session any more; the client was given a new one. */
    OVER("over"),
    /** Another client with the same token was later, and has the session. */
    SUPERSEDED("superseded"),
    /** The session is another user's than the client's own token gives. */
    UNAUTHORIZED("unauthorized"),
    /** It could not be told where the session is; the client is to ask again. */
    UNAVAILABLE("unavailable");

    private final String label;

    ResumeResult(String label) {
        this.label = label;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
