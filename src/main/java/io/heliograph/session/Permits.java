package io.heliograph.session;

import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Refusal;
import io.vertx.core.Future;
import java.util.Optional;

/** What a client may ask for. What it may not is {@code forbidden}, with the grant that it lacks. */
record Permits(Grants grants) {

    /**
     * The join as it may be made: a room that it opens without asking for a capacity gets no more than it may ask for. Asking for
     * more is forbidden, and so where the room is there already and nothing would come of it.
     */
    Future<Join> join(Join join) {
        if (!grants.admitTo(join.room())) {
            return forbidden("grants.rooms: not this room");
        }
        if (grants.capacity().isEmpty()) {
            return Future.succeededFuture(join);
        }
        int most = grants.capacity().getAsInt();
        if (join.capacity() > most) {
            return forbidden("grants.capacity: " + join.capacity() + " (expected: <= " + most + ")");
        }
        int capacity = join.capacity() == 0 ? most : join.capacity();
        return Future.succeededFuture(new Join(join.id(), join.room(), capacity, join.data()));
    }

    /** Empty where it may be sent. */
    Optional<Refusal> relay(Relay relay) {
        return grants.publish() || !relay.to().isTopic()
                ? Optional.empty()
                : Optional.of(refusal("grants.publish: false"));
    }

    Future<Void> watch() {
        return grants.watch() ? Future.succeededFuture() : forbidden("grants.watch: false");
    }

    Future<Void> call() {
        return grants.call() ? Future.succeededFuture() : forbidden("grants.call: false");
    }

    private static <T> Future<T> forbidden(String lacking) {
        return Future.failedFuture(refusal(lacking));
    }

    private static Refusal refusal(String lacking) {
        return new Refusal(ErrorCode.FORBIDDEN, "token: " + lacking);
    }
}
