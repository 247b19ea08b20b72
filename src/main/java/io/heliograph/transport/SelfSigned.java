package io.heliograph.transport;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.CertificateBuilder.KeyUsage;
import io.netty.pkitesting.X509Bundle;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A certificate made at the start, for the names of this machine, by an authority that is forgotten at once. Browsers warn of
 * it, and take it when their user insists.
 */
final class SelfSigned implements CertificateSource {
    private static final Logger LOG = LoggerFactory.getLogger(SelfSigned.class);
    /** Some browsers object to more than 825, and it lives no longer than the process. */
    private static final int DAYS = 397;
    /** For clients whose clock is slow. */
    private static final int DAYS_BEFORE = 1;

    // Set once.
    private final OwnNames names;
    private final ServerCertificate certificate;

    private SelfSigned(OwnNames names, ServerCertificate certificate) {
        this.names = names;
        this.certificate = certificate;
    }

    /** Makes one for a machine with these names. */
    static SelfSigned make(OwnNames names) {
        Instant now = Instant.now();
        CertificateBuilder template = new CertificateBuilder()
                .notBefore(now.minus(DAYS_BEFORE, ChronoUnit.DAYS))
                .notAfter(now.plus(DAYS, ChronoUnit.DAYS))
                .algorithm(CertificateBuilder.Algorithm.ecp256);
        CertificateBuilder own = template.copy()
                .subject("CN=Heliograph")
                .setKeyUsage(true, KeyUsage.digitalSignature)
                .addExtendedKeyUsageServerAuth();
        names.hosts().forEach(own::addSanDnsName);
        names.addresses().forEach(own::addSanIpAddress);
        try {
            X509Bundle authority = template.copy()
                    .subject("CN=Heliograph try-out")
                    .setKeyUsage(true, KeyUsage.keyCertSign)
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            X509Bundle made = own.buildIssuedBy(authority);
            return new SelfSigned(names, new ServerCertificate(made.getCertificate(), made.toKeyManagerFactory()));
        } catch (Exception impossible) {
            // Declared by the builder: the JDK lacks an algorithm that every JDK has.
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public ServerCertificate first() {
        return certificate;
    }

    @Override
    public void listening(Vertx vertx, int port, Function<ServerCertificate, Future<?>> renew) {
        names.origins(port).forEach(origin -> LOG.info("reachable address={} certificate=self-signed", origin));
    }
}
