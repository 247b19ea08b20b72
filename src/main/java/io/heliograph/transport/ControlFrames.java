package io.heliograph.transport;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Takes a client's pings and pongs, and counts them and fragments: of these it could send any number without a message coming of
 * them, and Vert.x reads on for as long as none waits. Tells of many at once, and has no more read until it was told and while
 * it is to be paused. Owned by the connection's event loop.
 */
final class ControlFrames extends ChannelInboundHandlerAdapter {
    /** What is read after it is one buffer. */
    private static final int UNTOLD_MAX = 100;

    /** {@code ping} is what the latest ping carried. */
    record Count(int frames, int bytes, Optional<Buffer> ping) {
        private static final Count NONE = new Count(0, 0, Optional.empty());

        private Count and(int length, Optional<Buffer> latest) {
            return new Count(frames + 1, bytes + length, latest.or(() -> ping));
        }
    }

    private final Channel channel;
    private final Context context;
    private final Consumer<Count> told;
    private Count untold = Count.NONE;
    private boolean paused;
    private boolean stopped;

    /** {@code told} is called on {@code context}, which is of the channel's event loop. */
    ControlFrames(Channel channel, Context context, Consumer<Count> told) {
        this.channel = channel;
        this.context = context;
        this.told = told;
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        readOn();
    }

    @Override
    public void channelRead(ChannelHandlerContext handler, Object message) throws Exception {
        if (!(message instanceof WebSocketFrame frame) || isWhole(frame)) {
            super.channelRead(handler, message);
            return;
        }
        int length = frame.content().readableBytes();
        if (frame instanceof PingWebSocketFrame) {
            count(length, Optional.of(Buffer.buffer(ByteBufUtil.getBytes(frame.content()))));
            frame.release();
        } else {
            count(length, Optional.empty());
            if (frame instanceof PongWebSocketFrame) {
                frame.release();
            } else {
                super.channelRead(handler, frame);
            }
        }
    }

    private static boolean isWhole(WebSocketFrame frame) {
        return frame instanceof CloseWebSocketFrame
                || (frame.isFinalFragment()
                        && !(frame instanceof PingWebSocketFrame
                                || frame instanceof PongWebSocketFrame
                                || frame instanceof ContinuationWebSocketFrame));
    }

    private void count(int length, Optional<Buffer> ping) {
        if (untold.frames == 0) {
            context.runOnContext(later -> tell());
        }
        untold = untold.and(length, ping);
        if (paused || untold.frames >= UNTOLD_MAX) {
            stopped = true;
            channel.config().setAutoRead(false);
        }
    }

    private void tell() {
        Count count = untold;
        untold = Count.NONE;
        told.accept(count);
        if (!paused) {
            readOn();
        }
    }

    private void readOn() {
        if (stopped) {
            stopped = false;
            channel.config().setAutoRead(true);
        }
    }
}
