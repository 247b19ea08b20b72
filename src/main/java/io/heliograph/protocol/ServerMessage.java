package io.heliograph.protocol;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What the server tells a client. {@code re} repeats the {@code id} of the request that is answered. */
public sealed interface ServerMessage {

    /** Answers one message by its kind. */
    <R> R accept(Cases<R> cases);

    /**
     * The session is open.
     *
     * @param session the secret with which it may be resumed
     * @param resumed there where it is an earlier one that goes on
     * @param tokenTtlSeconds for how long the client's token is good; there where it had to show one
     * @param heartbeatMillis how often the server pings, and after how much silence a client should
     */
    record Welcome(
            Optional<String> re,
            PeerId peer,
            Optional<Name> user,
            SessionToken session,
            Optional<Resumed> resumed,
            IceGrant ice,
            OptionalInt tokenTtlSeconds,
            int heartbeatMillis,
            Limits limits)
            implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.welcome(this);
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "Welcome[peer=" + peer + "]";
        }
    }

    /** {@code peers} is everyone who was in the room before. */
    record Joined(Optional<String> re, Name room, int capacity, long order, List<Member> peers)
            implements ServerMessage {
        public Joined {
            peers = List.copyOf(peers);
        }

        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.joined(this);
        }
    }

    record PeerJoined(Name room, Member member) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.peerJoined(this);
        }
    }

    record PeerUpdated(Name room, PeerId peer, Payload data) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.peerUpdated(this);
        }
    }

    record PeerLeft(Name room, PeerId peer, LeaveReason reason) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.peerLeft(this);
        }
    }

    record Left(Optional<String> re, Name room) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.left(this);
        }
    }

    /** Another peer's relay, with the group by which it came, if it did. */
    record Relayed(RelayType type, PeerId from, Optional<Group> group, Optional<Payload> data, Sequence sequence)
            implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.relayed(this);
        }
    }

    /** How many peers a watched user has. */
    record Presence(Name user, int peers) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.presence(this);
        }
    }

    /** The call rings at so many peers. */
    record Ringing(Optional<String> re, CallId call, int peers) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.ringing(this);
        }
    }

    /** A call rings here; {@code user} is the caller's, if it has one. */
    record Ring(CallId call, PeerId from, Optional<Name> user, Optional<Payload> data) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.ring(this);
        }
    }

    /** {@code from} took the call. */
    record Accepted(CallId call, PeerId from, Optional<Payload> data) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.accepted(this);
        }
    }

    record CallEnded(CallId call, CallEnding reason) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.callEnded(this);
        }
    }

    /** So many frames that were accepted for {@code address} are lost. */
    record Dropped(Address address, int count, DropReason reason) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.dropped(this);
        }
    }

    /** The node is about to stop: the client connects again within that time, and resumes. */
    record Draining(int reconnectWithinMillis) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.draining(this);
        }
    }

    record Ok(String re) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.ok(this);
        }
    }

    /** The session goes on with the token that the client has shown, which is good for so long. */
    record Renewed(String re, OptionalInt tokenTtlSeconds) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.renewed(this);
        }
    }

    record Pong(Optional<String> re) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.pong(this);
        }
    }

    record IceServers(Optional<String> re, IceGrant ice) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.iceServers(this);
        }
    }

    /** The request had no effect; {@code address} is there when it was a relay. */
    record Refused(Optional<String> re, Refusal refusal, Optional<Address> address) implements ServerMessage {
        @Override
        public <R> R accept(Cases<R> cases) {
            return cases.refused(this);
        }
    }

    /** One answer for each kind of message. */
    interface Cases<R> {
        R welcome(Welcome welcome);

        R joined(Joined joined);

        R peerJoined(PeerJoined peerJoined);

        R peerUpdated(PeerUpdated peerUpdated);

        R peerLeft(PeerLeft peerLeft);

        R left(Left left);

        R relayed(Relayed relayed);

        R presence(Presence presence);

        R ringing(Ringing ringing);

        R ring(Ring ring);

        R accepted(Accepted accepted);

        R callEnded(CallEnded callEnded);

        R dropped(Dropped dropped);

        R draining(Draining draining);

        R ok(Ok ok);

        R renewed(Renewed renewed);

        R pong(Pong pong);

        R iceServers(IceServers iceServers);

        R refused(Refused refused);
    }
}
