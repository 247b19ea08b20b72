package io.heliograph.auth;

import java.nio.file.Path;

/** A file with keys cannot be used: one line for the operator, in the words of the configuration. */
public final class AuthFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private AuthFailure(String line) {
        super(line, null, false, false);
    }

    static AuthFailure of(String key, Path file, String expectation) {
        return new AuthFailure("%s: %s (expected: %s)".formatted(key, file, expectation));
    }
}
