package io.heliograph.protocol;

/** Why a request was refused. The connection stays open. */
public enum ErrorCode {
    /** Not one JSON object with a {@code type}. */
    BAD_FRAME("bad-frame"),
    /** A field is missing, of the wrong kind or too long; the message names it. */
    BAD_REQUEST("bad-request"),
    UNKNOWN_TYPE("unknown-type"),
    /** The first frame was no {@code hello}. */
    HELLO_FIRST("hello-first"),
    /** The token is missing, bad or expired; the message says which. */
    UNAUTHORIZED("unauthorized"),
    /** The token does not grant it; the message names the grant. */
    FORBIDDEN("forbidden"),
    /** There is no such peer, or the sender may not reach it. */
    PEER_UNREACHABLE("peer-unreachable"),
    /** The user has no peers, or none but the caller. */
    USER_OFFLINE("user-offline"),
    ROOM_FULL("room-full"),
    ALREADY_JOINED("already-joined"),
    NOT_A_MEMBER("not-a-member"),
    /** There is no such call, it is not the peer's, or it is past that. */
    CALL_GONE("call-gone"),
    /** A limit is reached; the message names it. */
    TOO_MANY("too-many"),
    /** The cluster cannot answer now. */
    UNAVAILABLE("unavailable"),
    /** A defect of the server. */
    INTERNAL("internal");

    private final String label;

    ErrorCode(String label) {
        this.label = label;
    }

    /** The word on the wire and in metrics. */
    public String label() {
        return label;
    }
}
