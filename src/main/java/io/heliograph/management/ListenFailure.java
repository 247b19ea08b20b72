package io.heliograph.management;

import java.util.Locale;

/** A server could not be started where the configuration says, in one line for the operator. */
public final class ListenFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private ListenFailure(String line) {
        super(line, null, false, false);
    }

    /**
     * Says what is wrong with the address of a server, in the words of the configuration.
     *
     * @param section where {@code host} and {@code port} are configured, for example {@code http}
     */
    public static ListenFailure of(String section, String host, int port, Throwable cause) {
        var reason = reason(cause);
        if (reason.contains("address already in use")) {
            return new ListenFailure(
                    "%s.port: %d (expected: a free port; address already in use)".formatted(section, port));
        }
        if (reason.contains("permission denied")) {
            return new ListenFailure(
                    "%s.port: %d (expected: a port this user may open; permission denied)".formatted(section, port));
        }
        return new ListenFailure(
                "%s.host: %s (expected: an address of this machine; %s)".formatted(section, host, reason));
    }

    private static String reason(Throwable cause) {
        var text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return text.lines().findFirst().orElse(text).toLowerCase(Locale.ROOT);
    }
}
