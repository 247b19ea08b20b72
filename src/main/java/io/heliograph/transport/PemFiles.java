package io.heliograph.transport;

import io.heliograph.protocol.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/** Reads the two files of {@code http.tls: files}, and takes only what clients can be served with. All of it blocks. */
final class PemFiles {
    private static final String CERTIFICATE = "http.certificate";
    private static final String KEY = "http.key";
    private static final String CERTIFICATE_BEGINS = "-----BEGIN CERTIFICATE-----";
    private static final String CERTIFICATE_ENDS = "-----END CERTIFICATE-----";
    private static final int FILE_BYTES_MAX = 1 << 20;

    // Set once.
    private final Settings.Tls.Files files;

    PemFiles(Settings.Tls.Files files) {
        this.files = files;
    }

    /** @throws CertificateFailure when there is a file that cannot be read */
    PemPair read() {
        return new PemPair(content(CERTIFICATE, files.certificate()), content(KEY, files.key()));
    }

    /** @throws CertificateFailure when clients cannot be served with this pair today */
    ServerCertificate check(Vertx vertx, PemPair pair) {
        X509Certificate own = chain(pair.certificate()).get(0);
        requireValid(own, Instant.now());
        KeyManagerFactory keys = keys(vertx, pair);
        if (!belong(own.getPublicKey(), privateKey(keys, own))) {
            throw wrong(KEY, files.key(), "the private key of the first certificate in " + CERTIFICATE);
        }
        return new ServerCertificate(own, keys);
    }

    private static Buffer content(String key, Path file) {
        if (!Files.exists(file)) {
            throw wrong(key, file, "a file; there is none");
        }
        if (!Files.isRegularFile(file)) {
            throw wrong(key, file, "a file; it is none");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(FILE_BYTES_MAX + 1);
            if (content.length > FILE_BYTES_MAX) {
                throw wrong(key, file, "a PEM file; it has more than " + FILE_BYTES_MAX + " bytes");
            }
            return Buffer.buffer(content);
        } catch (AccessDeniedException denied) {
            throw wrong(key, file, "a file this user may read; permission denied");
        } catch (IOException failure) {
            throw wrong(
                    key, file, "a file that can be read; " + failure.getClass().getSimpleName());
        }
    }

    private List<X509Certificate> chain(Buffer pem) {
        String text = pem.toString(StandardCharsets.ISO_8859_1);
        String[] parts = text.split(CERTIFICATE_BEGINS, -1);
        if (parts.length == 1) {
            throw wrong(CERTIFICATE, files.certificate(), "a PEM file with a certificate");
        }
        List<X509Certificate> chain = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (String part : Arrays.asList(parts).subList(1, parts.length)) {
                int end = part.indexOf(CERTIFICATE_ENDS);
                String one = CERTIFICATE_BEGINS + part.substring(0, Math.max(0, end)) + CERTIFICATE_ENDS;
                chain.add((X509Certificate) factory.generateCertificate(
                        new ByteArrayInputStream(one.getBytes(StandardCharsets.ISO_8859_1))));
            }
        } catch (CertificateException damaged) {
            throw wrong(
                    CERTIFICATE,
                    files.certificate(),
                    "a PEM file with whole certificates; number " + (chain.size() + 1) + " is damaged");
        }
        return chain;
    }

    private void requireValid(X509Certificate own, Instant now) {
        Instant begins = own.getNotBefore().toInstant();
        Instant ends = own.getNotAfter().toInstant();
        if (ends.isBefore(now)) {
            throw wrong(CERTIFICATE, files.certificate(), "a certificate that is valid; it expired " + ends);
        }
        if (begins.isAfter(now)) {
            throw wrong(CERTIFICATE, files.certificate(), "a certificate that is valid; it is not before " + begins);
        }
    }

    private KeyManagerFactory keys(Vertx vertx, PemPair pair) {
        String text = pair.key().toString(StandardCharsets.ISO_8859_1);
        if (!text.contains(" PRIVATE KEY-----")) {
            throw wrong(KEY, files.key(), "a PEM file with a private key");
        }
        if (text.contains("ENCRYPTED")) {
            throw wrong(KEY, files.key(), "a private key without passphrase");
        }
        try {
            return new PemKeyCertOptions()
                    .setCertValue(pair.certificate())
                    .setKeyValue(pair.key())
                    .getKeyManagerFactory(vertx);
        } catch (Exception unusable) {
            // The certificate can be parsed, so it is the key: damaged, of another kind, or of an unknown one.
            throw wrong(
                    KEY, files.key(), "the whole private key, RSA or EC, of the first certificate in " + CERTIFICATE);
        }
    }

    private PrivateKey privateKey(KeyManagerFactory keys, X509Certificate own) {
        X509KeyManager manager = (X509KeyManager) keys.getKeyManagers()[0];
        String[] aliases = manager.getServerAliases(own.getPublicKey().getAlgorithm(), null);
        return manager.getPrivateKey(aliases[0]);
    }

    /** Whether what the one signs is genuine to the other. */
    private static boolean belong(PublicKey certified, PrivateKey key) {
        byte[] words = "heliograph".getBytes(StandardCharsets.US_ASCII);
        String algorithm = certified.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(words);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certified);
            verifying.update(words);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException different) {
            return false;
        }
    }

    private static CertificateFailure wrong(String key, Path file, String expectation) {
        return CertificateFailure.of(key, file, expectation);
    }
}
