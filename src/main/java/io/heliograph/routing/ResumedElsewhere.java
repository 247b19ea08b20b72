package io.heliograph.routing;

/** Another connection has claimed the session. */
public final class ResumedElsewhere extends RuntimeException {
    private static final long serialVersionUID = 1;

    ResumedElsewhere() {
        super("session: resumed elsewhere", null, false, false);
    }
}
