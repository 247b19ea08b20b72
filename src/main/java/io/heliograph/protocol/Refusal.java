package io.heliograph.protocol;

/** A request that is not granted, with the reason for the client's program and for a person. */
public final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;

    /** {@code text} says what was wrong and what was expected, for a person. */
    public Refusal(ErrorCode code, String text) {
        super(text, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    /** What was wrong and what was expected, for a person. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
