package io.heliograph.transport;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/**
 * One {@code xhr_send}, of which nothing is read until its session wants it. The request lives on the event loop of the node
 * that it came to, this object on that of the node that owns the session.
 */
final class SockJsUpload {

    /** The body is over the limit. */
    static final class TooLarge extends Exception {
        private static final long serialVersionUID = 1L;

        TooLarge(int bytesMax) {
            super("body: too large (expected: <= " + bytesMax + " bytes)", null, false, false);
        }
    }

    private final HttpServerRequest request;
    private final Context there;
    private final Context home;

    /**
     * @param request paused
     * @param there where the request lives
     * @param home where this is called, and calls back
     */
    SockJsUpload(HttpServerRequest request, Context there, Context home) {
        this.request = request;
        this.there = there;
        this.home = home;
    }

    /** The body; fails with {@link TooLarge} as soon as more than {@code bytesMax} have come, or when its sender is gone. */
    Future<Buffer> read(int bytesMax) {
        Promise<Buffer> body = Promise.promise();
        there.runOnContext(now -> receive(bytesMax).onComplete(read -> home.runOnContext(later -> body.handle(read))));
        return body.future();
    }

    void answer(int status, String text) {
        there.runOnContext(now -> {
            if (request.response().closed()) {
                return;
            }
            request.response().setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, "text/plain;charset=utf-8");
            if (request.isEnded()) {
                var unused = request.response().end(text);
            } else {
                // What is left of the body is not waited for.
                request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
                request.response()
                        .end(text)
                        .onComplete(told -> request.connection().close());
            }
        });
    }

    private Future<Buffer> receive(int bytesMax) {
        Promise<Buffer> body = Promise.promise();
        Buffer received = Buffer.buffer();
        request.handler(chunk -> {
            if (received.length() + chunk.length() > bytesMax) {
                request.pause();
                body.tryFail(new TooLarge(bytesMax));
            } else {
                received.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> body.tryComplete(received));
        request.exceptionHandler(body::tryFail);
        request.resume();
        // One that was gone before its turn came tells nothing more.
        there.runOnContext(later -> {
            if (request.response().closed()) {
                body.tryFail("sender gone");
            }
        });
        return body.future();
    }
}
