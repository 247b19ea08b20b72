package io.heliograph.transport;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether the files of the certificate have changed: by content, since whoever renews them may swap a
 * symbolic link somewhere above them. A pair that is not good leaves the one before in use. It is reported, once, when it is
 * still not good for the same reason a look later: until then somebody may be writing it.
 */
final class CertificateWatch {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateWatch.class);

    // Set once.
    private final Vertx vertx;
    private final Context context;
    private final PemFiles files;
    private final Function<ServerCertificate, Future<?>> renew;

    // Owned by the watch's context.
    private PemPair inUse;
    private String doubt = "";
    private boolean reported;
    private boolean looking;

    /**
     * Watches from {@link #open} on.
     *
     * @param inUse what the files held when they were read last
     * @param renew completes when {@code inUse} is replaced by what it is given
     */
    CertificateWatch(Vertx vertx, PemFiles files, PemPair inUse, Function<ServerCertificate, Future<?>> renew) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.files = files;
        this.inUse = inUse;
        this.renew = renew;
    }

    /** Looks every {@code lookMillis} until Vert.x is closed. */
    void open(int lookMillis) {
        context.runOnContext(here -> vertx.setPeriodic(lookMillis, timer -> {
            if (!looking) {
                var unused = look();
            }
        }));
    }

    /** Looks once, on the watch's context; completes when all that follows from it is done. */
    Future<Void> look() {
        looking = true;
        PemPair known = inUse;
        return context.executeBlocking(() -> other(known))
                .compose(found -> found.map(
                                other -> renew.apply(other.certificate()).map(found))
                        .orElse(Future.succeededFuture(found)))
                .transform(looked -> {
                    looking = false;
                    if (looked.succeeded()) {
                        settle(looked.result());
                    } else {
                        doubt(String.valueOf(looked.cause().getMessage()));
                    }
                    return Future.succeededFuture();
                });
    }

    private record Found(PemPair pair, ServerCertificate certificate) {}

    private Optional<Found> other(PemPair known) {
        PemPair pair = files.read();
        return pair.equals(known) ? Optional.empty() : Optional.of(new Found(pair, files.check(vertx, pair)));
    }

    private void settle(Optional<Found> renewed) {
        doubt = "";
        reported = false;
        renewed.ifPresent(found -> {
            inUse = found.pair();
            LOG.info("certificate renewed expires={}", found.certificate().expires());
        });
    }

    private void doubt(String cause) {
        if (!cause.equals(doubt)) {
            doubt = cause;
            reported = false;
        } else if (!reported) {
            reported = true;
            LOG.warn("certificate not renewed cause={}", cause);
        }
    }
}
