package io.heliograph.transport;

import io.vertx.core.net.KeyCertOptions;
import java.security.cert.X509Certificate;
import java.time.Instant;
import javax.net.ssl.KeyManagerFactory;

/** The certificate that clients are shown, with all that is needed to speak in its name. Shared: any thread. */
public final class ServerCertificate {
    private final X509Certificate own;
    private final KeyManagerFactory keys;

    /** {@code keys} has {@code own} with its private key, and nothing else. */
    ServerCertificate(X509Certificate own, KeyManagerFactory keys) {
        this.own = own;
        this.keys = keys;
    }

    /** As Vert.x takes it. */
    KeyCertOptions keys() {
        return KeyCertOptions.wrap(keys);
    }

    /** Until when it is valid. */
    Instant expires() {
        return own.getNotAfter().toInstant();
    }

    /** What clients are shown. */
    X509Certificate own() {
        return own;
    }
}
