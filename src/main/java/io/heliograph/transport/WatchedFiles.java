package io.heliograph.transport;

import io.heliograph.protocol.Settings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Certificate and key from two files of the operator's, who may renew them at any time. */
final class WatchedFiles implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedFiles.class);
    private static final int LOOK_MILLIS = 5_000;

    // Set once.
    private final PemFiles files;
    private final PemPair firstPair;
    private final ServerCertificate first;

    private WatchedFiles(PemFiles files, PemPair firstPair, ServerCertificate first) {
        this.files = files;
        this.firstPair = firstPair;
        this.first = first;
    }

    /**
     * Reads them for the first time. Blocks.
     *
     * @throws CertificateFailure when clients cannot be served with them
     */
    static WatchedFiles open(Vertx vertx, Settings.Tls.Files settings) {
        PemFiles files = new PemFiles(settings);
        PemPair pair = files.read();
        ServerCertificate first = files.check(vertx, pair);
        LOG.info("certificate read file={} expires={}", settings.certificate(), first.expires());
        return new WatchedFiles(files, pair, first);
    }

    @Override
    public ServerCertificate first() {
        return first;
    }

    @Override
    public void listening(Vertx vertx, int port, Function<ServerCertificate, Future<?>> renew) {
        new CertificateWatch(vertx, files, firstPair, renew).open(LOOK_MILLIS);
    }
}
