package io.heliograph.transport;

import io.heliograph.protocol.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Function;

/** Where the server's certificate comes from. */
public sealed interface CertificateSource permits SelfSigned, WatchedFiles {

    /**
     * What the configuration asks for, empty where nothing is to be encrypted. Blocks.
     *
     * @throws CertificateFailure when there is no certificate to be had from it
     */
    static Optional<CertificateSource> of(Vertx vertx, Settings.Http http) {
        if (http.tls() instanceof Settings.Tls.Files files) {
            return Optional.of(WatchedFiles.open(vertx, files));
        }
        return http.tls() instanceof Settings.Tls.SelfSigned
                ? Optional.of(SelfSigned.make(OwnNames.find(http.host())))
                : Optional.empty();
    }

    /** The certificate to start with. */
    ServerCertificate first();

    /**
     * The server listens on {@code port} with {@link #first()}.
     *
     * @param renew is given every certificate that replaces it; completes when new connections are shown that one
     */
    void listening(Vertx vertx, int port, Function<ServerCertificate, Future<?>> renew);
}
