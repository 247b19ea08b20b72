package io.heliograph.protocol;

/** How an attempt to join a room ended. */
public enum JoinResult {
    JOINED("joined"),
    ROOM_FULL("room-full"),
    ALREADY_JOINED("already-joined"),
    TOO_MANY("too-many"),
    UNAVAILABLE("unavailable");

    private final String label;

    JoinResult(String label) {
        this.label = label;
    }

    /** What a failure comes to; one that is no {@link Refusal} counts as {@link #UNAVAILABLE}. */
    public static JoinResult of(Throwable failure) {
        if (failure instanceof Refusal refusal) {
            for (JoinResult result : values()) {
                if (result.label.equals(refusal.code().label())) {
                    return result;
                }
            }
        }
        return UNAVAILABLE;
    }

    /** The word in metrics. */
    public String label() {
        return label;
    }
}
