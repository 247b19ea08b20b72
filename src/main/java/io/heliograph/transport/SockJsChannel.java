package io.heliograph.transport;

import io.heliograph.dialect.CloseFrame;
import io.heliograph.dialect.SockJsBody;
import io.heliograph.protocol.CloseReason;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Frames over a SockJS session. What it sends goes through Vert.x's SockJS; what it receives it reads itself, one request at a
 * time and none while it is paused, so that a client can make it keep no more than one body.
 */
final class SockJsChannel implements Channel {
    /** A page that goes away breaks off its poll before its close frame comes. */
    private static final int GRACE_MILLIS = 1_000;
    /** Requests that may wait for their turn; a client needs one, and one more for its close frame. */
    private static final int UPLOADS_MAX = 4;

    // Set once.
    private final Vertx vertx;
    private final Context context;
    private final SockJSSocket socket;
    private final int frameBytesMax;
    private final Runnable over;
    private @Nullable Events events;

    // Owned by the node's context.
    private final Deque<SockJsUpload> uploads = new ArrayDeque<>();
    private final Deque<byte[]> unread = new ArrayDeque<>();
    private boolean uploading;
    private boolean telling;
    private boolean paused;
    private boolean forsaken;
    private boolean ended;

    /** {@code over} is run once, when the session takes nothing more. */
    SockJsChannel(Vertx vertx, Context context, SockJSSocket socket, int frameBytesMax, Runnable over) {
        this.vertx = vertx;
        this.context = context;
        this.socket = socket;
        this.frameBytesMax = frameBytesMax;
        this.over = over;
    }

    @Override
    public void open(Events owner) {
        events = owner;
        socket.exceptionHandler(owner::failed);
        socket.closeHandler(closed -> end(CloseReason.LOST.code()));
    }

    @Override
    public Future<Void> write(byte[] frame) {
        return socket.write(new String(frame, StandardCharsets.UTF_8));
    }

    @Override
    public void pause() {
        paused = true;
    }

    @Override
    public void resume() {
        paused = false;
        tell();
    }

    /** SockJS has no pings: the client sends frames by itself. */
    @Override
    public void ping() {}

    @Override
    public void close(CloseReason reason) {
        // Closing drops what was not written yet.
        write(CloseFrame.write(reason)).onComplete(told -> cut());
    }

    @Override
    public void cut() {
        end(CloseReason.LOST.code());
    }

    /** Takes an {@code xhr_send} when its turn comes. */
    void accept(SockJsUpload upload) {
        if (uploads.size() == UPLOADS_MAX) {
            upload.answer(429, "expected: one xhr_send at a time\n");
        } else {
            uploads.add(upload);
            readNext();
        }
    }

    /** The request that the client was to be answered on is gone. */
    void forsake() {
        if (!forsaken) {
            forsaken = true;
            vertx.setTimer(GRACE_MILLIS, timer -> cut());
        }
    }

    private void readNext() {
        if (paused || uploading || !unread.isEmpty() || uploads.isEmpty()) {
            return;
        }
        uploading = true;
        SockJsUpload upload = uploads.remove();
        upload.read(SockJsBody.bytesMax(frameBytesMax)).onComplete(body -> {
            uploading = false;
            if (ended) {
                upload.answer(404, "");
            } else {
                take(upload, body);
            }
        });
    }

    private void take(SockJsUpload upload, AsyncResult<Buffer> body) {
        if (body.failed()) {
            if (body.cause() instanceof SockJsUpload.TooLarge tooLarge) {
                violate(upload, CloseReason.TOO_LARGE, tooLarge.getMessage());
            }
            readNext();
            return;
        }
        SockJsBody read = SockJsBody.read(body.result().getBytes(), frameBytesMax);
        if (read instanceof SockJsBody.Violation violation) {
            violate(upload, violation.reason(), violation.reason().label());
        } else if (read instanceof SockJsBody.Messages messages) {
            upload.answer(204, "");
            unread.addAll(messages.frames());
        } else {
            // What SockJS's own servers answer, with this text.
            upload.answer(500, body.result().length() == 0 ? "Payload expected." : "Broken JSON encoding.");
        }
        tell();
    }

    private void violate(SockJsUpload upload, CloseReason reason, @Nullable String text) {
        upload.answer(413, text + "\n");
        owner().violated(reason);
    }

    /** Tells what was read, as far as it is wanted, and then reads on. */
    private void tell() {
        if (telling) {
            return;
        }
        telling = true;
        while (!paused && !unread.isEmpty()) {
            byte[] frame = unread.remove();
            OptionalInt code = CloseFrame.read(frame);
            if (code.isPresent()) {
                end(code.getAsInt());
            } else {
                owner().text(frame);
            }
        }
        telling = false;
        readNext();
    }

    private void end(int code) {
        if (ended) {
            return;
        }
        ended = true;
        unread.clear();
        uploads.forEach(upload -> upload.answer(404, ""));
        uploads.clear();
        over.run();
        socket.close();
        context.runOnContext(later -> owner().closed(code));
    }

    private Events owner() {
        if (events == null) {
            throw new IllegalStateException("not open");
        }
        return events;
    }
}
