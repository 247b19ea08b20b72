package io.heliograph.cluster;

import java.nio.file.Path;

/** The files for TLS between processes cannot be used: one line for the operator, in the words of the configuration. */
public final class BusFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BusFailure(String keys, Path file, String expected, Exception cause) {
        super("%s: %s (expected: %s; %s)".formatted(keys, file, expected, reason(cause)), null, false, false);
    }

    private static String reason(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getClass().getSimpleName() + (root.getMessage() == null ? "" : " " + root.getMessage());
    }
}
