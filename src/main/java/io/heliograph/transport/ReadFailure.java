package io.heliograph.transport;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.io.IOException;

/**
 * Closes a connection from which nothing can be read any more, as after a reset, and lets Vert.x know only that it is closed: told
 * of the failure while one request waits behind another, Vert.x 5.0 fails itself, with a line in the log for every client that likes.
 */
@Sharable
final class ReadFailure extends ChannelInboundHandlerAdapter {
    private static final ReadFailure HANDLER = new ReadFailure();

    private ReadFailure() {}

    /** On the connection's event loop. */
    static void guard(HttpConnection connection) {
        ChannelHandlerContext before = ((ConnectionBase) connection).channelHandlerContext();
        before.pipeline().addBefore(before.name(), "readFailure", HANDLER);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
        if (cause instanceof IOException) {
            var unused = context.close();
        } else {
            super.exceptionCaught(context, cause);
        }
    }
}
