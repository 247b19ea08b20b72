package io.heliograph.cluster;

import io.heliograph.protocol.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * Frames between processes over TLS, in which both sides show a certificate. Whoever has one of the authority's is a member, whatever
 * its name: processes are reached by addresses that change.
 */
public final class BusTls {
    private static final Set<String> VERSIONS = Set.of("TLSv1.3");

    private BusTls() {}

    /**
     * Reads the files. Blocks.
     *
     * @throws BusFailure where there is one that cannot be used
     */
    public static void check(Vertx vertx, Settings.BusTls files) {
        require(
                "cluster.bus.certificate, cluster.bus.key",
                files.certificate(),
                () -> keys(files).getKeyManagerFactory(vertx));
        require("cluster.bus.authority", files.authority(), () -> trust(files).getTrustManagerFactory(vertx));
    }

    static EventBusOptions encrypt(EventBusOptions bus, Settings.BusTls files) {
        return bus.setSsl(true)
                .setKeyCertOptions(keys(files))
                .setTrustOptions(trust(files))
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(VERSIONS);
    }

    private static PemKeyCertOptions keys(Settings.BusTls files) {
        return new PemKeyCertOptions()
                .addCertPath(files.certificate().toString())
                .addKeyPath(files.key().toString());
    }

    private static PemTrustOptions trust(Settings.BusTls files) {
        return new PemTrustOptions().addCertPath(files.authority().toString());
    }

    private static void require(String keys, Path file, Callable<?> reading) {
        try {
            reading.call();
        } catch (Exception unusable) {
            throw new BusFailure(keys, file, unusable);
        }
    }
}
