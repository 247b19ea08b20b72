package io.heliograph.it.harness;

import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/** A certificate with its key, as an authority would issue it, in PEM. */
public record TestCertificate(String certificate, String key, X509Bundle bundle) {

    /** For {@code localhost}, valid for a day. */
    public static TestCertificate valid() {
        return elliptic(Duration.ofHours(-1), Duration.ofDays(1));
    }

    /** Valid from and until so long after now. */
    public static TestCertificate elliptic(Duration from, Duration until) {
        return of(CertificateBuilder.Algorithm.ecp256, from, until);
    }

    /** With an RSA key. */
    public static TestCertificate rsa() {
        return of(CertificateBuilder.Algorithm.rsa2048, Duration.ofHours(-1), Duration.ofDays(1));
    }

    private static TestCertificate of(CertificateBuilder.Algorithm algorithm, Duration from, Duration until) {
        Instant now = Instant.now();
        CertificateBuilder template = new CertificateBuilder()
                .algorithm(algorithm)
                .notBefore(now.plus(from))
                .notAfter(now.plus(until));
        try {
            X509Bundle authority = template.copy()
                    .subject("CN=test authority")
                    .setIsCertificateAuthority(true)
                    .buildSelfSigned();
            X509Bundle bundle =
                    template.subject("CN=test").addSanDnsName("localhost").buildIssuedBy(authority);
            return new TestCertificate(
                    bundle.getCertificatePEM() + authority.getCertificatePEM(), bundle.getPrivateKeyPEM(), bundle);
        } catch (Exception failure) {
            throw new AssertionError("no certificate", failure);
        }
    }

    /** Puts it where a server finds it, the way a Kubernetes Secret is mounted: one symbolic link changes both files. */
    public void mount(Path directory) {
        try {
            Path version = Files.createTempDirectory(directory, "..version");
            Files.writeString(version.resolve("tls.crt"), certificate);
            Files.writeString(version.resolve("tls.key"), key);
            Path link =
                    Files.createSymbolicLink(directory.resolve("..new"), Objects.requireNonNull(version.getFileName()));
            Files.move(
                    link,
                    directory.resolve("..data"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            for (String file : new String[] {"tls.crt", "tls.key"}) {
                if (!Files.isSymbolicLink(directory.resolve(file))) {
                    Files.createSymbolicLink(directory.resolve(file), Path.of("..data", file));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
