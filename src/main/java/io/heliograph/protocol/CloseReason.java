package io.heliograph.protocol;

/**
 * Why a connection ended: the WebSocket close code (RFC 6455, section 7.4) and what the other members of the peer's rooms are
 * told.
 */
public enum CloseReason {
    NORMAL(1000, "normal", LeaveReason.LEFT),
    GOING_AWAY(1001, "going-away", LeaveReason.LEFT),
    /** The client broke RFC 6455, for example with an unmasked frame. */
    PROTOCOL_ERROR(1002, "protocol-error", LeaveReason.KICKED),
    BINARY(1003, "binary", LeaveReason.KICKED),
    /** The connection broke without a close frame; never sent. */
    LOST(1006, "lost", LeaveReason.LOST),
    INVALID_UTF8(1007, "invalid-utf8", LeaveReason.KICKED),
    /** No {@code hello} in time. */
    HELLO_TIMEOUT(1008, "hello-timeout", LeaveReason.KICKED),
    /** Held back by the rate limit for too long on end. */
    RATE(1008, "rate", LeaveReason.KICKED),
    TOO_LARGE(1009, "too-large", LeaveReason.KICKED),
    /** A defect of the server. */
    INTERNAL(1011, "internal", LeaveReason.LOST),
    RESTART(1012, "restart", LeaveReason.LOST),
    /** The token is bad or has expired. */
    UNAUTHORIZED(4001, "unauthorized", LeaveReason.KICKED),
    /** The session goes on over another connection. */
    RESUMED(4003, "resumed", LeaveReason.LOST),
    /** The peer reads too slowly. */
    SLOW(1013, "slow", LeaveReason.LOST),
    /** Nothing heard for two heartbeats. */
    SILENT(1006, "silent", LeaveReason.LOST);

    private final int code;
    private final String label;
    private final LeaveReason leaveReason;

    CloseReason(int code, String label, LeaveReason leaveReason) {
        this.code = code;
        this.label = label;
        this.leaveReason = leaveReason;
    }

    /** The close code; 1006 stands for "no close frame" and is never written to a socket. */
    public int code() {
        return code;
    }

    /** The word in metrics and in the close frame. */
    public String label() {
        return label;
    }

    /** Whether the client may come back and resume. */
    public boolean isResumable() {
        return leaveReason == LeaveReason.LOST;
    }

    /** Whether what the client sends until it hears of it still counts: neither side has done anything wrong. */
    public boolean hearsOut() {
        return this == RESTART || this == RESUMED;
    }

    /** What the others see. */
    public LeaveReason leaveReason() {
        return leaveReason;
    }
}
