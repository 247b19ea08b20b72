package io.heliograph.routing;

/** How a called peer goes out of a call. */
public enum Withdrawal {
    /** It turns the call down while it rings, for all peers of its user. */
    REJECT,
    /** It ends the call that it has taken. */
    HANG_UP,
    /** Its session has ended. */
    VANISH
}
