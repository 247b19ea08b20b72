package io.heliograph.dialect.v1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.CallState;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.IceGrant;
import io.heliograph.protocol.IceServer;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.Roster;
import io.heliograph.protocol.ServerMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Server messages as frames. Payloads are spliced in as they came. */
final class Writer {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int FRAME_BYTES_TYPICAL = 512;

    /** The frame of {@code message}. */
    byte[] write(ServerMessage message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(FRAME_BYTES_TYPICAL);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            message.accept(new Body(json, out)).write();
            json.writeEndObject();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    /** The fields of one message, to be written when everything is ready for it. */
    @FunctionalInterface
    private interface Step {
        void write() throws IOException;
    }

    private record Body(JsonGenerator json, ByteArrayOutputStream out) implements ServerMessage.Cases<Step> {

        @Override
        public Step welcome(ServerMessage.Welcome welcome) {
            return () -> {
                type("welcome", welcome.re());
                json.writeStringField("peer", welcome.peer().value());
                user(welcome.user());
                json.writeStringField("session", welcome.session().text());
                json.writeBooleanField("resumed", welcome.resumed().isPresent());
                ice(welcome.ice());
                ttl(welcome.tokenTtlSeconds());
                json.writeNumberField("heartbeat", welcome.heartbeatMillis());
                json.writeObjectFieldStart("limits");
                json.writeNumberField("frame", welcome.limits().frameBytes());
                json.writeNumberField("rooms", welcome.limits().rooms());
                json.writeNumberField("rate", welcome.limits().framesPerSecond());
                json.writeEndObject();
                if (welcome.resumed().isPresent()) {
                    resumed(welcome.resumed().get());
                }
            };
        }

        @Override
        public Step joined(ServerMessage.Joined joined) {
            return () -> {
                type("joined", joined.re());
                json.writeStringField("room", joined.room().value());
                json.writeNumberField("capacity", joined.capacity());
                json.writeNumberField("order", joined.order());
                peers(joined.peers());
            };
        }

        @Override
        public Step peerJoined(ServerMessage.PeerJoined peerJoined) {
            return () -> {
                type("peer-joined", Optional.empty());
                json.writeStringField("room", peerJoined.room().value());
                member(peerJoined.member());
            };
        }

        @Override
        public Step peerUpdated(ServerMessage.PeerUpdated peerUpdated) {
            return () -> {
                type("peer-updated", Optional.empty());
                json.writeStringField("room", peerUpdated.room().value());
                json.writeStringField("peer", peerUpdated.peer().value());
                data(Optional.of(peerUpdated.data()));
            };
        }

        @Override
        public Step peerLeft(ServerMessage.PeerLeft peerLeft) {
            return () -> {
                type("peer-left", Optional.empty());
                json.writeStringField("room", peerLeft.room().value());
                json.writeStringField("peer", peerLeft.peer().value());
                json.writeStringField("reason", peerLeft.reason().label());
            };
        }

        @Override
        public Step left(ServerMessage.Left left) {
            return () -> {
                type("left", left.re());
                json.writeStringField("room", left.room().value());
            };
        }

        @Override
        public Step relayed(ServerMessage.Relayed relayed) {
            return () -> {
                type(relayed.type().label(), Optional.empty());
                json.writeStringField("from", relayed.from().value());
                if (relayed.group().isPresent()) {
                    group(relayed.group().get());
                }
                number("seq", relayed.sequence().seq());
                number("ack", relayed.sequence().ack());
                data(relayed.data());
            };
        }

        @Override
        public Step presence(ServerMessage.Presence presence) {
            return () -> {
                type("presence", Optional.empty());
                json.writeStringField("user", presence.user().value());
                json.writeNumberField("peers", presence.peers());
            };
        }

        @Override
        public Step ringing(ServerMessage.Ringing ringing) {
            return () -> {
                type("ringing", ringing.re());
                call(ringing.call());
                json.writeNumberField("peers", ringing.peers());
            };
        }

        @Override
        public Step ring(ServerMessage.Ring ring) {
            return () -> {
                type("call", Optional.empty());
                call(ring.call());
                json.writeStringField("from", ring.from().value());
                user(ring.user());
                data(ring.data());
            };
        }

        @Override
        public Step accepted(ServerMessage.Accepted accepted) {
            return () -> {
                type("accepted", Optional.empty());
                call(accepted.call());
                json.writeStringField("from", accepted.from().value());
                data(accepted.data());
            };
        }

        @Override
        public Step callEnded(ServerMessage.CallEnded callEnded) {
            return () -> {
                type("call-ended", Optional.empty());
                call(callEnded.call());
                json.writeStringField("reason", callEnded.reason().value());
            };
        }

        @Override
        public Step dropped(ServerMessage.Dropped dropped) {
            return () -> {
                type("dropped", Optional.empty());
                address(dropped.address());
                json.writeNumberField("count", dropped.count());
                json.writeStringField("reason", dropped.reason().label());
            };
        }

        @Override
        public Step draining(ServerMessage.Draining draining) {
            return () -> {
                type("draining", Optional.empty());
                json.writeNumberField("reconnectWithin", draining.reconnectWithinMillis());
            };
        }

        @Override
        public Step ok(ServerMessage.Ok ok) {
            return () -> type("ok", Optional.of(ok.re()));
        }

        @Override
        public Step renewed(ServerMessage.Renewed renewed) {
            return () -> {
                type("ok", Optional.of(renewed.re()));
                ttl(renewed.tokenTtlSeconds());
            };
        }

        @Override
        public Step pong(ServerMessage.Pong pong) {
            return () -> type("pong", pong.re());
        }

        @Override
        public Step iceServers(ServerMessage.IceServers iceServers) {
            return () -> {
                type("ice-servers", iceServers.re());
                ice(iceServers.ice());
            };
        }

        @Override
        public Step refused(ServerMessage.Refused refused) {
            return () -> {
                type("error", refused.re());
                json.writeStringField("code", refused.refusal().code().label());
                json.writeStringField("message", refused.refusal().text());
                if (refused.address().isPresent()) {
                    address(refused.address().get());
                }
            };
        }

        private void type(String type, Optional<String> re) throws IOException {
            json.writeStringField("type", type);
            if (re.isPresent()) {
                json.writeStringField("re", re.get());
            }
        }

        private void resumed(Resumed resumed) throws IOException {
            json.writeArrayFieldStart("rooms");
            for (Roster roster : resumed.rooms()) {
                json.writeStartObject();
                json.writeStringField("room", roster.room().value());
                json.writeNumberField("capacity", roster.capacity());
                json.writeNumberField("order", roster.order());
                peers(roster.peers());
                json.writeEndObject();
            }
            json.writeEndArray();
            names("topics", resumed.topics());
            names("watching", resumed.watching());
            json.writeArrayFieldStart("calls");
            for (CallState state : resumed.calls()) {
                json.writeStartObject();
                call(state.call());
                json.writeBooleanField("made", state.made());
                json.writeBooleanField("accepted", state.accepted());
                if (state.peer().isPresent()) {
                    json.writeStringField("peer", state.peer().get().value());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
        }

        private void names(String field, List<Name> names) throws IOException {
            json.writeArrayFieldStart(field);
            for (Name name : names) {
                json.writeString(name.value());
            }
            json.writeEndArray();
        }

        private void peers(List<Member> members) throws IOException {
            json.writeArrayFieldStart("peers");
            for (Member member : members) {
                json.writeStartObject();
                member(member);
                json.writeEndObject();
            }
            json.writeEndArray();
        }

        private void member(Member member) throws IOException {
            json.writeStringField("peer", member.peer().value());
            json.writeNumberField("order", member.order());
            user(member.user());
            data(member.data());
        }

        private void call(CallId call) throws IOException {
            json.writeStringField("call", call.value());
        }

        private void user(Optional<Name> user) throws IOException {
            if (user.isPresent()) {
                json.writeStringField("user", user.get().value());
            }
        }

        private void ice(IceGrant grant) throws IOException {
            json.writeArrayFieldStart("iceServers");
            for (IceServer server : grant.servers()) {
                json.writeStartObject();
                json.writeArrayFieldStart("urls");
                for (String url : server.urls()) {
                    json.writeString(url);
                }
                json.writeEndArray();
                if (server.credential().isPresent()) {
                    json.writeStringField("username", server.credential().get().username());
                    json.writeStringField(
                            "credential", server.credential().get().password().value());
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            if (grant.ttlSeconds().isPresent()) {
                json.writeNumberField("iceTtl", grant.ttlSeconds().getAsInt());
            }
        }

        private void ttl(OptionalInt tokenTtlSeconds) throws IOException {
            if (tokenTtlSeconds.isPresent()) {
                json.writeNumberField("tokenTtl", tokenTtlSeconds.getAsInt());
            }
        }

        private void number(String field, OptionalLong value) throws IOException {
            if (value.isPresent()) {
                json.writeNumberField(field, value.getAsLong());
            }
        }

        private void address(Address address) throws IOException {
            if (address instanceof Address.ToPeer to) {
                json.writeStringField("to", to.peer().value());
            } else if (address instanceof Address.ToGroup to) {
                group(to.group());
            }
        }

        private void group(Group group) throws IOException {
            json.writeStringField(group.kind().label(), group.name().value());
        }

        private void data(Optional<Payload> data) throws IOException {
            if (data.isPresent()) {
                json.writeFieldName("data");
                // An empty raw value makes the generator write the colon and leaves the place behind it to us.
                json.writeRawValue("");
                json.flush();
                out.writeBytes(data.get().toBytes());
            }
        }
    }
}
