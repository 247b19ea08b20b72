package io.heliograph.config;

import io.heliograph.protocol.Loopback;
import io.heliograph.protocol.Settings;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns of what settings leave to others: to come in as anybody, or to say who may. */
public final class Exposure {
    private static final Logger LOG = LoggerFactory.getLogger(Exposure.class);

    private Exposure() {}

    /** Logs a line for each. */
    public static void warn(Settings settings) {
        String host = settings.http().host();
        if (settings.auth() instanceof Settings.Auth.Open && !Loopback.is(host)) {
            LOG.warn("open to whoever reaches it auth.mode=open http.host={}", host);
        } else if (settings.auth() instanceof Settings.Auth.Jwt jwt) {
            jwt.jwks().ifPresent(address -> warnWherePlain("auth.jwt.jwks", address));
        } else if (settings.auth() instanceof Settings.Auth.Webhook webhook) {
            warnWherePlain("auth.webhook.url", webhook.url());
        }
    }

    private static void warnWherePlain(String key, String address) {
        URI asked = URI.create(address);
        if (asked.getScheme().equals("http") && !Loopback.is(asked.getHost())) {
            LOG.warn("whoever is on the way may answer instead, and let anybody in {}={}", key, address);
        }
    }
}
