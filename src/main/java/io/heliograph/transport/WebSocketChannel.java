package io.heliograph.transport;

import io.heliograph.protocol.CloseReason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import io.vertx.core.http.impl.ws.WebSocketFrameImpl;
import io.vertx.core.internal.http.WebSocketInternal;

/** Frames over a WebSocket. */
final class WebSocketChannel implements Channel {
    private static final Buffer EMPTY = Buffer.buffer();

    private final Context context;
    private final ServerWebSocket socket;
    private final int frameBytesMax;

    WebSocketChannel(Vertx vertx, ServerWebSocket socket, int frameBytesMax) {
        this.context = vertx.getOrCreateContext();
        this.socket = socket;
        this.frameBytesMax = frameBytesMax;
    }

    @Override
    public void open(Events events) {
        FrameGuard.install(socket, frameBytesMax, reason -> context.runOnContext(violated -> events.violated(reason)));
        socket.frameHandler(frame -> receive(frame, events));
        socket.pongHandler(pong -> events.alive());
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
        socket.pause();
    }

    @Override
    public void resume() {
        socket.resume();
    }

    @Override
    public void ping() {
        socket.writePing(EMPTY);
    }

    @Override
    public void close(CloseReason reason) {
        socket.close((short) reason.code(), reason.label());
    }

    @Override
    public void cut() {
        // What comes of it is told to the close handler.
        var unused = ((WebSocketInternal) socket).channelHandlerContext().close();
    }

    private static void receive(WebSocketFrame frame, Events events) {
        if (frame.isClose() || frame.isPing() || frame.type() == WebSocketFrameType.PONG) {
            events.alive();
        } else if (frame.isText() && frame.isFinal()) {
            events.text(frame.binaryData().getBytes());
        } else {
            events.violated(CloseReason.BINARY);
        }
    }
}
