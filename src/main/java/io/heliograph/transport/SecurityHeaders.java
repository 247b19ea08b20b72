package io.heliograph.transport;

import io.heliograph.protocol.Settings;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;

/** What every answer on the public port tells browsers to forbid, to pages of ours and to those of others. */
final class SecurityHeaders {
    /**
     * All that the pages are made of is files from here (Content Security Policy Level 3). {@code 'self'} takes in WebSockets to
     * the same host and port.
     */
    private static final String CONTENT = String.join(
            "; ",
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'");

    private static final String PERMISSIONS = "camera=(self), microphone=(self), display-capture=(self)";

    private static final int HTTPS_ONLY_SECONDS = 30 * 24 * 60 * 60;

    private SecurityHeaders() {}

    /** Those of a server that speaks {@code tls}; not to be changed. */
    static MultiMap of(Settings.Tls tls) {
        MultiMap headers = HttpHeaders.headers()
                .add("content-security-policy", CONTENT)
                .add("cross-origin-opener-policy", "same-origin")
                .add("cross-origin-resource-policy", "same-origin")
                .add("permissions-policy", PERMISSIONS)
                // A room's name in an address is an invitation.
                .add("referrer-policy", "no-referrer")
                .add("x-content-type-options", "nosniff");
        if (tls instanceof Settings.Tls.Files) {
            headers.add("strict-transport-security", "max-age=" + HTTPS_ONLY_SECONDS);
        }
        return headers;
    }
}
