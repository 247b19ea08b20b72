package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.heliograph.it.harness.TestCertificate;
import io.heliograph.protocol.Settings;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files are taken, and what is said of those that are not. */
class PemFilesTest {
    private static final ASN1ObjectIdentifier P256 = new ASN1ObjectIdentifier("1.2.840.10045.3.1.7");

    @SuppressWarnings("NullAway.Init")
    private static Vertx vertx;

    @SuppressWarnings("NullAway.Init")
    private static TestCertificate good;

    @TempDir
    private Path directory = Path.of("");

    @BeforeAll
    static void make() {
        vertx = Vertx.vertx();
        good = TestCertificate.valid();
    }

    @AfterAll
    static void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get();
    }

    @Test
    void aChainWithItsKeyIsTaken() throws Exception {
        assertTaken(good, good.certificate(), good.key());
    }

    @Test
    void everyFormOfAKeyIsTaken() throws Exception {
        TestCertificate rsa = TestCertificate.rsa();
        assertTaken(rsa, rsa.certificate(), rsa.key());
        byte[] pkcs1 = PrivateKeyInfo.getInstance(
                        rsa.bundle().getKeyPair().getPrivate().getEncoded())
                .parsePrivateKey()
                .toASN1Primitive()
                .getEncoded();
        assertTaken(rsa, rsa.certificate(), pem("RSA PRIVATE KEY", pkcs1));
        ECPrivateKey elliptic = (ECPrivateKey) good.bundle().getKeyPair().getPrivate();
        byte[] sec1 = new org.bouncycastle.asn1.sec.ECPrivateKey(256, elliptic.getS(), P256).getEncoded();
        String parameters = pem("EC PARAMETERS", P256.getEncoded());
        assertTaken(good, good.certificate(), parameters + pem("EC PRIVATE KEY", sec1));
    }

    @Test
    void bothMayBeInOneFileAndHaveWordsAround() throws Exception {
        String both = "Bag Attributes\n" + good.key() + "subject=CN = test\n" + good.certificate() + "end\n";
        assertTaken(good, both, both);
        String windows = both.replace("\r", "").replace("\n", "\r\n");
        assertTaken(good, windows, windows);
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        put(good.certificate(), good.key());
        Files.delete(directory.resolve("tls.key"));
        assertRefused("http.key: %2$s (expected: a file; there is none)");
        Files.delete(directory.resolve("tls.crt"));
        assertRefused("http.certificate: %1$s (expected: a file; there is none)");
    }

    @Test
    void whatIsNoFileOrCannotBeReadOrIsTooLongIsNamed() throws Exception {
        put(good.certificate(), good.key());
        assertRefused(
                new Settings.Tls.Files(directory, directory.resolve("tls.key")),
                "http.certificate: " + directory + " (expected: a file; it is none)");
        Path memory = Path.of("/proc/self/mem");
        if (Files.isRegularFile(memory)) {
            assertRefused(
                    new Settings.Tls.Files(directory.resolve("tls.crt"), memory),
                    "http.key: /proc/self/mem (expected: a file that can be read; IOException)");
        }
        put(good.certificate(), "x".repeat((1 << 20) + 1));
        assertRefused("http.key: %2$s (expected: a PEM file; it has more than 1048576 bytes)");
    }

    @Test
    void whatIsNoCertificateIsNamed() throws Exception {
        String expected = "http.certificate: %1$s (expected: a PEM file with a certificate)";
        for (String text : new String[] {"", "certificate", good.key(), pem("TRUSTED CERTIFICATE", new byte[9])}) {
            put(text, good.key());
            assertRefused(expected);
        }
        Files.write(directory.resolve("tls.crt"), good.bundle().getCertificate().getEncoded());
        assertRefused(expected);
    }

    @Test
    void aDamagedCertificateIsNamedWithItsNumber() throws Exception {
        String text = good.certificate();
        put(text.substring(0, 300), good.key());
        assertRefused("http.certificate: %1$s (expected: a PEM file with whole certificates; number 1 is damaged)");
        put(text.substring(0, text.length() - 40), good.key());
        assertRefused("http.certificate: %1$s (expected: a PEM file with whole certificates; number 2 is damaged)");
        put(pem("CERTIFICATE", new byte[200]), good.key());
        assertRefused("http.certificate: %1$s (expected: a PEM file with whole certificates; number 1 is damaged)");
    }

    @Test
    void aCertificateThatIsNotValidTodayIsNamedWithItsTime() throws Exception {
        TestCertificate expired = TestCertificate.elliptic(Duration.ofDays(-9), Duration.ofDays(-2));
        put(expired.certificate(), expired.key());
        assertRefused("http.certificate: %1$s (expected: a certificate that is valid; it expired "
                + expired.bundle().getCertificate().getNotAfter().toInstant() + ")");
        TestCertificate early = TestCertificate.elliptic(Duration.ofDays(2), Duration.ofDays(9));
        put(early.certificate(), early.key());
        assertRefused("http.certificate: %1$s (expected: a certificate that is valid; it is not before "
                + early.bundle().getCertificate().getNotBefore().toInstant() + ")");
    }

    @Test
    void whatIsNoKeyIsNamed() throws Exception {
        for (String text : new String[] {"", "key", good.certificate(), pem("PUBLIC KEY", new byte[9])}) {
            put(good.certificate(), text);
            assertRefused("http.key: %2$s (expected: a PEM file with a private key)");
        }
    }

    @Test
    void aKeyWithPassphraseIsNamed() throws Exception {
        String legacy = good.key()
                .replace("-----BEGIN PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED");
        for (String text : new String[] {pem("ENCRYPTED PRIVATE KEY", new byte[99]), legacy}) {
            put(good.certificate(), text);
            assertRefused("http.key: %2$s (expected: a private key without passphrase)");
        }
    }

    @Test
    void aDamagedKeyAndOneOfAnotherKindAreNamed() throws Exception {
        String key = good.key();
        for (String text : new String[] {
            key.substring(0, key.length() / 2),
            key.replace("M", "*"),
            pem("PRIVATE KEY", new byte[99]),
            pem("EC PRIVATE KEY", new byte[99]),
            TestCertificate.rsa().key()
        }) {
            put(good.certificate(), text);
            assertRefused("http.key: %2$s (expected: the whole private key, RSA or EC, of the first certificate in"
                    + " http.certificate)");
        }
    }

    @Test
    void aKeyOfAnotherCertificateIsNamed() throws Exception {
        put(good.certificate(), TestCertificate.valid().key());
        assertRefused("http.key: %2$s (expected: the private key of the first certificate in http.certificate)");
    }

    @Test
    void aPairShowsItsSizesOnly() throws Exception {
        put(good.certificate(), good.key());
        String shown = new PemFiles(files()).read().toString();
        assertFalse(shown.contains("BEGIN"), shown);
    }

    private void assertTaken(TestCertificate expected, String certificate, String key) throws IOException {
        put(certificate, key);
        PemFiles files = new PemFiles(files());
        ServerCertificate taken = files.check(vertx, files.read());
        assertEquals(expected.bundle().getCertificate(), taken.own());
        assertEquals(
                Objects.requireNonNull(expected.bundle().getCertificate().getNotAfter())
                        .toInstant(),
                taken.expires());
    }

    /** {@code expected} has the paths of certificate and key as its arguments. */
    private void assertRefused(String expected) {
        assertRefused(files(), expected.formatted(files().certificate(), files().key()));
    }

    private static void assertRefused(Settings.Tls.Files settings, String expected) {
        PemFiles files = new PemFiles(settings);
        CertificateFailure failure =
                assertThrows(CertificateFailure.class, () -> files.check(vertx, files.read()), expected);
        assertEquals(expected, failure.getMessage());
    }

    private void put(String certificate, String key) throws IOException {
        Files.writeString(directory.resolve("tls.crt"), certificate);
        Files.writeString(directory.resolve("tls.key"), key);
    }

    private Settings.Tls.Files files() {
        return new Settings.Tls.Files(directory.resolve("tls.crt"), directory.resolve("tls.key"));
    }

    private static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                + label + "-----\n";
    }
}
