package io.heliograph.transport;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** A body of a request that is to have none: it would be read for as long as it comes, and an upgrade has to wait for its end. */
final class RequestBody {

    private RequestBody() {}

    /** RFC 9112, section 6. */
    static boolean isAnnounced(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        return request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null || !(length == null || length.equals("0"));
    }

    /** Answers, and ends the connection, on which nobody knows where the next request begins. */
    static void refuse(HttpServerRequest request) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        Pages.refuse(request.response(), 400, "expected: no body")
                .onComplete(answered -> request.connection().close());
    }
}
