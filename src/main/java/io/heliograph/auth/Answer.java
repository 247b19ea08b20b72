package io.heliograph.auth;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What an HTTP server has answered; no body where that is longer than any answer. */
record Answer(HttpClientResponse head, Optional<Buffer> body) {

    /**
     * That to {@code request}, which is sent with {@code question}. It fails where the answer is not here, to its last byte, within
     * so many milliseconds, however it comes; the request is then ended.
     */
    static Future<Answer> to(HttpClientRequest request, Buffer question, int bytesMax, long millisMax) {
        return request.send(question)
                .compose(head -> read(head, bytesMax))
                .timeout(millisMax, TimeUnit.MILLISECONDS)
                .onFailure(failed -> request.reset());
    }

    private static Future<Answer> read(HttpClientResponse head, int bytesMax) {
        Promise<Answer> read = Promise.promise();
        Buffer body = Buffer.buffer();
        head.handler(part -> {
            if (body.length() + part.length() <= bytesMax) {
                body.appendBuffer(part);
            } else if (read.tryComplete(new Answer(head, Optional.empty()))) {
                head.request().reset();
            }
        });
        head.endHandler(end -> read.tryComplete(new Answer(head, Optional.of(body))));
        head.exceptionHandler(read::tryFail);
        return read.future();
    }

    /** Why there is none, or none of use: in our own words where they are, else those of the cause behind all others. */
    static String why(Throwable failure) {
        if (failure instanceof IllegalArgumentException) {
            return String.valueOf(failure.getMessage());
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.toString();
    }

    int status() {
        return head.statusCode();
    }
}
