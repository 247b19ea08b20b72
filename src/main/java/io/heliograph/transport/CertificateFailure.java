package io.heliograph.transport;

import java.nio.file.Path;

/** A file of the server's certificate cannot be used: one line for the operator, in the words of the configuration. */
public final class CertificateFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private CertificateFailure(String line) {
        super(line, null, false, false);
    }

    /** @param key where {@code file} is configured, for example {@code http.key} */
    static CertificateFailure of(String key, Path file, String expectation) {
        return new CertificateFailure("%s: %s (expected: %s)".formatted(key, file, expectation));
    }
}
