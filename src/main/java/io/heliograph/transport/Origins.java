package io.heliograph.transport;

import io.heliograph.protocol.Origin;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which pages may connect. Browsers say in {@code Origin} where a page is from; whoever says nothing is no browser, and let in:
 * this keeps pages of others from connecting with their visitors' browsers, and nobody else (RFC 6455, section 10.2).
 */
final class Origins {
    private static final Logger LOG = LoggerFactory.getLogger(Origins.class);
    private static final int SHOWN_MAX = 200;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

    private final List<Origin> allowed;

    /** @param allowed all are, where it is empty */
    Origins(List<Origin> allowed) {
        this.allowed = allowed;
    }

    /** Whether a request to connect may go on, and its page read the answer; if not, it has been answered. */
    boolean admit(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (allowed.isEmpty()) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            return true;
        }
        response.putHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        for (String sender : request.headers().getAll(HttpHeaders.ORIGIN)) {
            if (!isAllowed(sender)) {
                refuse(response, shown(sender));
                return false;
            }
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, sender);
        }
        return true;
    }

    private static void refuse(HttpServerResponse response, String sender) {
        LOG.debug("origin refused origin={}", sender);
        Pages.refuse(response, 403, "origin: not allowed: " + sender + " (expected: one of http.origins)");
    }

    private boolean isAllowed(String sender) {
        return Origin.parse(sender).filter(allowed::contains).isPresent();
    }

    private static String shown(String sender) {
        String cut = sender.length() <= SHOWN_MAX ? sender : sender.substring(0, SHOWN_MAX) + "…";
        return CONTROL.matcher(cut)
                .replaceAll(found -> "\\\\u%04x".formatted((int) found.group().charAt(0)));
    }
}
