package io.heliograph.routing;

import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** A connection that is open until told otherwise, and keeps what it is told. */
final class Told implements Receiver {
    final List<ServerMessage> messages = new ArrayList<>();
    boolean open = true;

    @Override
    public void deliver(ServerMessage message) {
        messages.add(message);
    }

    @Override
    public Future<Void> supersede(CloseReason reason) {
        return Future.succeededFuture();
    }

    @Override
    public boolean isOpen() {
        return open;
    }
}
