package io.heliograph.transport;

import io.heliograph.protocol.CloseReason;
import io.netty.channel.ChannelPipeline;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.Optional;

/** Frames over a WebSocket. */
final class WebSocketChannel implements Channel {
    private static final Buffer EMPTY = Buffer.buffer();

    // Set once.
    private final Context context;
    private final ServerWebSocket socket;
    private final int frameBytesMax;

    // Owned by the node's context.
    private Optional<ControlFrames> control = Optional.empty();
    private Future<Void> lastPing = Future.succeededFuture();
    private Future<Void> lastPong = Future.succeededFuture();
    private Optional<Buffer> unanswered = Optional.empty();

    WebSocketChannel(Vertx vertx, ServerWebSocket socket, int frameBytesMax) {
        this.context = vertx.getOrCreateContext();
        this.socket = socket;
        this.frameBytesMax = frameBytesMax;
    }

    @Override
    public void open(Events events) {
        ControlFrames before = new ControlFrames(
                ((WebSocketInternal) socket).channelHandlerContext().channel(), context, count -> {
                    events.beside(count.frames(), count.bytes());
                    count.ping().ifPresent(this::answer);
                });
        control = Optional.of(before);
        FrameGuard.install(
                socket, frameBytesMax, reason -> context.runOnContext(violated -> events.violated(reason)), before);
        socket.frameHandler(frame -> receive(frame, events));
        socket.exceptionHandler(events::failed);
        socket.closeHandler(closed -> {
            Short code = socket.closeStatusCode();
            events.closed(code == null ? CloseReason.LOST.code() : code);
        });
    }

    @Override
    public Future<Void> write(byte[] frame) {
        return socket.writeFrame(new WebSocketFrameImpl(WebSocketFrameType.TEXT, frame, true));
    }

    @Override
    public void pause() {
        control.ifPresent(ControlFrames::pause);
        socket.pause();
    }

    @Override
    public void resume() {
        control.ifPresent(ControlFrames::resume);
        socket.resume();
    }

    @Override
    public void ping() {
        if (lastPing.isComplete()) {
            lastPing = socket.writePing(EMPTY);
        }
    }

    @Override
    public void close(CloseReason reason) {
        socket.close((short) reason.code(), reason.label());
    }

    @Override
    public void cut() {
        ChannelPipeline pipeline =
                ((WebSocketInternal) socket).channelHandlerContext().pipeline();
        if (pipeline.channel().isOpen()) {
            // Past TLS, which would wait until all that is unsent has been read. The close handler is told what comes
            // of it.
            var unused = pipeline.firstContext().close();
        }
    }

    /** One pong is under way at a time, the latest one that is asked for: RFC 6455, section 5.5.3, allows that. */
    private void answer(Buffer ping) {
        if (lastPong.isComplete()) {
            lastPong = socket.writePong(ping);
            lastPong.onSuccess(sent -> {
                Optional<Buffer> next = unanswered;
                unanswered = Optional.empty();
                next.ifPresent(this::answer);
            });
        } else {
            unanswered = Optional.of(ping);
        }
    }

    private static void receive(WebSocketFrame frame, Events events) {
        if (frame.isClose()) {
            events.beside(1, 0);
        } else if (frame.isText() && frame.isFinal()) {
            events.text(frame.binaryData().getBytes());
        } else {
            events.violated(CloseReason.BINARY);
        }
    }
}
