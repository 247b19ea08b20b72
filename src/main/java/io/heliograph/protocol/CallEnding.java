package io.heliograph.protocol;

/**
 * Why a call ended, as told to those in it.
 *
 * @param value 1 to 64 code points, none of them a control character or a lone surrogate; what a client rejects with, or one of
 *     the server's own
 */
public record CallEnding(String value) {
    /** Longest reason, in code points. */
    public static final int LENGTH_MAX = 64;

    /** The other side hung up. */
    public static final CallEnding HANGUP = new CallEnding("hangup");
    /** Rejected without a reason. */
    public static final CallEnding DECLINED = new CallEnding("declined");
    /** Another peer of the user took it. */
    public static final CallEnding ANSWERED_ELSEWHERE = new CallEnding("answered-elsewhere");
    /** The ring time is over. */
    public static final CallEnding NO_ANSWER = new CallEnding("no-answer");
    /** A party's session ended. */
    public static final CallEnding LOST = new CallEnding("lost");

    /** Fails with an {@link IllegalArgumentException} that says what {@code value} does not meet. */
    public CallEnding {
        int length = value.codePointCount(0, value.length());
        if (length < 1 || length > LENGTH_MAX) {
            throw new IllegalArgumentException(length + " characters (expected: 1 to " + LENGTH_MAX + ")");
        }
        if (value.codePoints()
                .anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE)) {
            throw new IllegalArgumentException("a control character or a lone surrogate (expected: none)");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
