package io.heliograph.protocol;

import java.util.List;
import java.util.Optional;

/** What a client asks for. {@link #id()} is repeated in the answer. */
public sealed interface ClientMessage {
    /** Longest {@code id}, in code points. */
    int ID_LENGTH_MAX = 64;

    Optional<String> id();

    /** Answers one message by its kind. */
    <R> R accept(Cases<R> cases);

    /**
     * Opens the session.
     *
     * @param token says who the client is, where the server asks for that
     * @param resume the secret of an earlier session
     */
    record Hello(
            Optional<String> id,
            Optional<Name> user,
            Optional<Payload> data,
            Optional<Secret> token,
            Optional<String> resume)
            implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.hello(this);
        }
    }

    /** Enters a room. {@code capacity} 0 leaves it to the configuration; it counts only for the first to join. */
    record Join(Optional<String> id, Name room, int capacity, Optional<Payload> data) implements ClientMessage {
        public Join {
            if (capacity < 0) {
                throw new IllegalArgumentException("capacity: " + capacity + " (expected: >= 0)");
            }
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.join(this);
        }
    }

    /** Replaces the data that others in the room see of this peer. */
    record Update(Optional<String> id, Name room, Payload data) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.update(this);
        }
    }

    record Leave(Optional<String> id, Name room) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.leave(this);
        }
    }

    /** Passes {@code data} to whoever {@code to} stands for. */
    record Relay(Optional<String> id, RelayType type, Address to, Optional<Payload> data, Sequence sequence)
            implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.relay(this);
        }
    }

    /** Wants what is published under the topic. */
    record Subscribe(Optional<String> id, Name topic) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.subscribe(this);
        }
    }

    record Unsubscribe(Optional<String> id, Name topic) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.unsubscribe(this);
        }
    }

    /** Wants to know how many peers these users have. */
    record Watch(Optional<String> id, List<Name> users) implements ClientMessage {
        public Watch {
            users = List.copyOf(users);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.watch(this);
        }
    }

    record Unwatch(Optional<String> id, List<Name> users) implements ClientMessage {
        public Unwatch {
            users = List.copyOf(users);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.unwatch(this);
        }
    }

    /** Rings at all peers of the user but this one. */
    record Call(Optional<String> id, Name user, Optional<Payload> data) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.call(this);
        }
    }

    /** Takes a call that rings here. */
    record Accept(Optional<String> id, CallId call, Optional<Payload> data) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.accept(this);
        }
    }

    /** Turns down a call that rings here, at all peers of the user. */
    record Reject(Optional<String> id, CallId call, CallEnding reason) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.reject(this);
        }
    }

    /** Ends a call that this peer made or took. */
    record Hangup(Optional<String> id, CallId call) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.hangup(this);
        }
    }

    /** Shows a token that holds for longer than the one before. */
    record Renew(Optional<String> id, Secret token) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.renew(this);
        }
    }

    record Ping(Optional<String> id) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.ping(this);
        }
    }

    /** Asks for ICE servers with fresh credentials. */
    record Ice(Optional<String> id) implements ClientMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.ice(this);
        }
    }

    /** One answer for each kind of message. */
    interface Cases<R> {
        R hello(Hello hello);

        R join(Join join);

        R update(Update update);

        R leave(Leave leave);

        R relay(Relay relay);

        R subscribe(Subscribe subscribe);

        R unsubscribe(Unsubscribe unsubscribe);

        R watch(Watch watch);

        R unwatch(Unwatch unwatch);

        R call(Call call);

        R accept(Accept accept);

        R reject(Reject reject);

        R hangup(Hangup hangup);

        R renew(Renew renew);

        R ping(Ping ping);

        R ice(Ice ice);
    }
}
