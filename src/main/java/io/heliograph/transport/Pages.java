package io.heliograph.transport;

import io.heliograph.protocol.Sha256;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.MimeMapping;
import io.vertx.ext.web.RoutingContext;
import java.util.HexFormat;

/**
 * The demo pages and the client library, from {@code webroot/} in the working directory or else from the jar. Any page of any
 * origin may import the library; browsers ask again each time, and an entity tag made from the content spares them the body.
 */
final class Pages implements Handler<RoutingContext> {
    private static final String ROOT = "webroot";
    private static final int ETAG_BYTES = 16;

    private final Vertx vertx;

    Pages(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public void handle(RoutingContext context) {
        HttpMethod method = context.request().method();
        String path;
        try {
            path = context.normalizedPath();
        } catch (IllegalArgumentException malformed) {
            refuseTarget(context);
            return;
        }
        if (!method.equals(HttpMethod.GET) && !method.equals(HttpMethod.HEAD)) {
            context.response().putHeader(HttpHeaders.ALLOW, "GET, HEAD");
            refuse(context.response(), 405, "expected: GET or HEAD");
        } else if (path.contains("/.") || path.contains("\\") || path.indexOf('\0') >= 0) {
            refuse(context.response(), 404, "not found");
        } else {
            String file = path.endsWith("/") ? path + "index.html" : path;
            vertx.fileSystem()
                    .readFile(ROOT + file)
                    .onSuccess(content -> answer(context, file, content))
                    .onFailure(missing -> refuse(context.response(), 404, "not found"));
        }
    }

    /** Answers a request for what is no path at all. */
    static void refuseTarget(RoutingContext context) {
        refuse(context.response(), 400, "expected: a path, and a Host");
    }

    /** Without the router, which would log an error for what any client may ask. */
    static Future<Void> refuse(HttpServerResponse response, int status, String text) {
        return response.setStatusCode(status)
                .putHeader(HttpHeaders.CONTENT_TYPE, "text/plain;charset=utf-8")
                .end(text + "\n");
    }

    private static void answer(RoutingContext context, String file, Buffer content) {
        context.response()
                .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, "*")
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache");
        context.etag(etag(content));
        if (context.isFresh()) {
            context.response().setStatusCode(304).end();
            return;
        }
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, contentType(file));
        if (context.request().method().equals(HttpMethod.HEAD)) {
            context.response()
                    .putHeader(HttpHeaders.CONTENT_LENGTH, String.valueOf(content.length()))
                    .end();
        } else {
            context.response().end(content);
        }
    }

    private static String contentType(String file) {
        String type = MimeMapping.mimeTypeForFilename(file);
        if (type == null) {
            return "application/octet-stream";
        }
        return type.startsWith("text/") || type.endsWith("javascript") ? type + ";charset=utf-8" : type;
    }

    private static String etag(Buffer content) {
        return HexFormat.of().formatHex(Sha256.of(content.getBytes()), 0, ETAG_BYTES);
    }
}
