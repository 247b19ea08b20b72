package io.heliograph.cluster;

import io.heliograph.protocol.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * Frames between processes over TLS, in which both sides show a certificate. Whoever has one of the authority's is a member, whatever
 * its name: processes are reached by addresses that change.
 */
public final class BusTls {
    private static final Set<String> VERSIONS = Set.of("TLSv1.3");
    private static final String READABLE = "PEM files that can be used";
    /** For each kind of key that may be used. */
    private static final Map<String, String> SIGNATURES = Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA");

    /** What the key is for, the certificate says. */
    private static final String ANY_KEY = "UNKNOWN";

    private BusTls() {}

    /**
     * Reads the files, and holds the certificate against the authority as others will. Blocks.
     *
     * @throws BusFailure where there is one that cannot be used
     */
    public static void check(Vertx vertx, Settings.BusTls files) {
        require(
                "cluster.bus.certificate, cluster.bus.key",
                files.certificate(),
                READABLE,
                () -> keys(files).getKeyManagerFactory(vertx));
        require(
                "cluster.bus.authority",
                files.authority(),
                READABLE,
                () -> trust(files).getTrustManagerFactory(vertx));
        require(
                "cluster.bus.certificate",
                files.certificate(),
                "one that is good now, for both ends, by cluster.bus.authority",
                () -> requireMember(vertx, files));
    }

    private static Object requireMember(Vertx vertx, Settings.BusTls files) throws Exception {
        X509KeyManager own =
                (X509KeyManager) keys(files).getKeyManagerFactory(vertx).getKeyManagers()[0];
        X509TrustManager authority =
                (X509TrustManager) trust(files).getTrustManagerFactory(vertx).getTrustManagers()[0];
        for (Map.Entry<String, String> type : SIGNATURES.entrySet()) {
            for (String alias : Objects.requireNonNullElse(own.getServerAliases(type.getKey(), null), new String[0])) {
                X509Certificate[] chain = own.getCertificateChain(alias);
                authority.checkServerTrusted(chain, ANY_KEY);
                authority.checkClientTrusted(chain, ANY_KEY);
                requirePair(own.getPrivateKey(alias), chain[0], Signature.getInstance(type.getValue()));
            }
        }
        return own;
    }

    private static void requirePair(PrivateKey key, X509Certificate certificate, Signature signature)
            throws GeneralSecurityException {
        signature.initSign(key);
        byte[] signed = signature.sign();
        signature.initVerify(certificate);
        if (!signature.verify(signed)) {
            throw new InvalidKeyException("cluster.bus.key is another certificate's");
        }
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

    private static void require(String keys, Path file, String expected, Callable<?> reading) {
        try {
            reading.call();
        } catch (Exception unusable) {
            throw new BusFailure(keys, file, expected, unusable);
        }
    }
}
