package io.heliograph.transport;

import io.heliograph.protocol.CloseReason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.Utf8FrameValidator;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.internal.http.WebSocketInternal;
import java.util.function.Consumer;

/**
 * Stands before a WebSocket and lets through whole messages of valid UTF-8 within the limit. Vert.x by itself answers a frame
 * that is too long with a bare cut, lets invalid UTF-8 pass and never ends a message whose fragments are too long together;
 * RFC 6455 wants close codes 1009 and 1007.
 */
final class FrameGuard extends ChannelInboundHandlerAdapter {
    private static final String DEAF = "deaf";
    private static final int DROPPED_BYTES_MAX = 1 << 16;

    private final Consumer<CloseReason> violated;
    private boolean closed;

    private FrameGuard(Consumer<CloseReason> violated) {
        this.violated = violated;
    }

    /**
     * Puts itself before {@code socket}, on whose event loop it is called.
     *
     * @param messageBytesMax longest message, all fragments together
     * @param violated is told why the connection must be closed; nothing more comes in after it
     * @param control gets what comes before the guard does
     */
    static void install(
            ServerWebSocket socket, int messageBytesMax, Consumer<CloseReason> violated, ControlFrames control) {
        ChannelHandlerContext socketContext = ((WebSocketInternal) socket).channelHandlerContext();
        ChannelPipeline pipeline = socketContext.pipeline();
        String before = socketContext.name();
        pipeline.addBefore(before, "control", control);
        pipeline.addBefore(before, "utf8", new Utf8FrameValidator(false));
        pipeline.addBefore(before, "aggregator", new WebSocketFrameAggregator(messageBytesMax));
        pipeline.addBefore(before, "guard", new FrameGuard(violated));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
        // Of a client that is being closed, its own close frame is still wanted: it completes the handshake.
        if (closed && !(message instanceof CloseWebSocketFrame)) {
            ReferenceCountUtil.release(message);
        } else {
            super.channelRead(context, message);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (cause instanceof CorruptedWebSocketFrameException corrupted) {
            CloseReason reason = reason(corrupted.closeStatus().code());
            if (reason != CloseReason.INVALID_UTF8) {
                deafen(context.pipeline());
            }
            close(reason);
        } else if (cause instanceof TooLongFrameException) {
            close(CloseReason.TOO_LARGE);
        } else {
            super.exceptionCaught(context, cause);
        }
    }

    /**
     * A decoder that cannot tell frames any more goes through all that follows byte by byte, and to no end. A little is dropped, so
     * that the client's end is noticed; whoever goes on sending is not read any more.
     */
    private static void deafen(ChannelPipeline pipeline) {
        ChannelHandlerContext decoder = pipeline.context(WebSocketFrameDecoder.class);
        if (decoder != null && pipeline.get(DEAF) == null) {
            pipeline.addBefore(decoder.name(), DEAF, new Deaf());
        }
    }

    private static final class Deaf extends ChannelInboundHandlerAdapter {
        private int left = DROPPED_BYTES_MAX;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            left -= ((ByteBuf) message).readableBytes();
            ReferenceCountUtil.release(message);
            if (left < 0) {
                context.channel().config().setAutoRead(false);
            }
        }
    }

    private void close(CloseReason reason) {
        if (!closed) {
            closed = true;
            violated.accept(reason);
        }
    }

    private static CloseReason reason(int code) {
        if (code == CloseReason.TOO_LARGE.code()) {
            return CloseReason.TOO_LARGE;
        }
        return code == CloseReason.INVALID_UTF8.code() ? CloseReason.INVALID_UTF8 : CloseReason.PROTOCOL_ERROR;
    }
}
