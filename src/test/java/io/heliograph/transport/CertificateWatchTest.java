package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.TestCertificate;
import io.heliograph.protocol.Settings;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What is made of files that change, look by look. */
class CertificateWatchTest {
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(CertificateWatch.class);

    @SuppressWarnings("NullAway.Init")
    private static TestCertificate old;

    @SuppressWarnings("NullAway.Init")
    private static TestCertificate fresh;

    @TempDir
    private Path directory = Path.of("");

    private final Vertx vertx = Vertx.vertx();
    private final Context context = vertx.getOrCreateContext();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final List<X509Certificate> renewals = new ArrayList<>();

    /** What giving out the renewed certificate comes to. */
    private Future<Void> renewing = Future.succeededFuture();

    @BeforeAll
    static void make() {
        old = TestCertificate.valid();
        fresh = TestCertificate.valid();
    }

    @BeforeEach
    void listen() {
        log.start();
        LOG.addAppender(log);
    }

    @AfterEach
    void close() {
        LOG.detachAppender(log);
        Await.soon(vertx.close(), "end of Vert.x");
    }

    @Test
    void aPairThatIsSwappedByALinkFarAboveIsTakenOnce() {
        CertificateWatch watch = watch();
        look(watch);
        assertEquals(List.of(), renewals);
        fresh.mount(directory);
        look(watch);
        look(watch);
        assertEquals(List.of(fresh.bundle().getCertificate()), renewals);
        assertEquals(List.of(Level.INFO), levels());
        old.mount(directory);
        look(watch);
        assertEquals(List.of(fresh.bundle().getCertificate(), old.bundle().getCertificate()), renewals);
    }

    @Test
    void newContentOfTheSameAgeIsSeenAndNewAgeOfTheSameContentIsNot() throws IOException {
        CertificateWatch watch = watch();
        Path certificate = directory.resolve("tls.crt");
        Path key = directory.resolve("tls.key");
        FileTime age = Files.getLastModifiedTime(certificate);
        Files.writeString(certificate, old.certificate());
        Files.setLastModifiedTime(certificate, FileTime.fromMillis(age.toMillis() + 60_000));
        look(watch);
        assertEquals(List.of(), renewals);
        Files.writeString(certificate, fresh.certificate());
        Files.writeString(key, fresh.key());
        Files.setLastModifiedTime(certificate, age);
        Files.setLastModifiedTime(key, age);
        look(watch);
        assertEquals(List.of(fresh.bundle().getCertificate()), renewals);
    }

    @Test
    void aHalfWrittenPairIsWaitedForWithoutAWord() throws IOException {
        CertificateWatch watch = watch();
        Files.writeString(directory.resolve("tls.crt"), fresh.certificate().substring(0, 200));
        look(watch);
        Files.writeString(directory.resolve("tls.crt"), fresh.certificate());
        look(watch);
        assertEquals(List.of(), renewals);
        Files.writeString(directory.resolve("tls.key"), fresh.key());
        look(watch);
        assertEquals(List.of(fresh.bundle().getCertificate()), renewals);
        assertEquals(List.of(Level.INFO), levels());
    }

    @Test
    void aPairThatStaysBadIsReportedOnceAndRecovers() throws IOException {
        CertificateWatch watch = watch();
        Files.writeString(directory.resolve("tls.key"), fresh.key());
        for (int i = 0; i < 4; i++) {
            look(watch);
        }
        assertEquals(List.of(), renewals);
        assertEquals(List.of(Level.WARN), levels());
        String line = log.list.get(0).getFormattedMessage();
        assertTrue(line.startsWith("certificate not renewed cause=http.key: " + directory), line);
        assertFalse(line.contains("BEGIN"), line);

        Files.delete(directory.resolve("tls.key"));
        for (int i = 0; i < 4; i++) {
            look(watch);
        }
        assertEquals(List.of(Level.WARN, Level.WARN), levels());

        Files.writeString(directory.resolve("tls.key"), fresh.key());
        Files.writeString(directory.resolve("tls.crt"), fresh.certificate());
        look(watch);
        assertEquals(List.of(fresh.bundle().getCertificate()), renewals);
        assertEquals(List.of(Level.WARN, Level.WARN, Level.INFO), levels());
    }

    @Test
    void whoGoesBackToThePairInUseIsNotReportedAndALaterMistakeIsAgain() throws IOException {
        CertificateWatch watch = watch();
        Path key = directory.resolve("tls.key");
        for (int round = 0; round < 2; round++) {
            Files.writeString(key, "none");
            look(watch);
            look(watch);
            Files.writeString(key, old.key());
            look(watch);
        }
        assertEquals(List.of(), renewals);
        assertEquals(List.of(Level.WARN, Level.WARN), levels());
    }

    @Test
    void aCertificateThatCouldNotBeGivenOutIsTriedAgain() {
        CertificateWatch watch = watch();
        renewing = Future.failedFuture("not now");
        fresh.mount(directory);
        look(watch);
        look(watch);
        assertEquals(List.of(Level.WARN), levels());
        renewing = Future.succeededFuture();
        look(watch);
        look(watch);
        assertEquals(3, renewals.size());
        assertEquals(List.of(Level.WARN, Level.INFO), levels());
    }

    @Test
    void anOpenWatchLooksByItself() {
        Promise<X509Certificate> renewed = Promise.promise();
        PemFiles files = put();
        new CertificateWatch(vertx, files, files.read(), certificate -> {
                    renewed.tryComplete(certificate.own());
                    return Future.succeededFuture();
                })
                .open(20);
        fresh.mount(directory);
        assertEquals(fresh.bundle().getCertificate(), Await.soon(renewed.future(), "renewal"));
    }

    /** A watch on the test's context, of files with the old pair. */
    private CertificateWatch watch() {
        PemFiles files = put();
        PemPair pair = files.read();
        return onContext(() -> Future.succeededFuture(new CertificateWatch(vertx, files, pair, certificate -> {
            renewals.add(certificate.own());
            return renewing;
        })));
    }

    private PemFiles put() {
        old.mount(directory);
        return new PemFiles(new Settings.Tls.Files(directory.resolve("tls.crt"), directory.resolve("tls.key")));
    }

    private void look(CertificateWatch watch) {
        onContext(watch::look);
    }

    private <T> T onContext(Supplier<Future<T>> action) {
        Promise<T> done = Promise.promise();
        context.runOnContext(here -> action.get().onComplete(done));
        return Await.soon(done.future(), "action");
    }

    private List<Level> levels() {
        return log.list.stream().map(ILoggingEvent::getLevel).toList();
    }
}
