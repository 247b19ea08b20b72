package io.heliograph.cluster;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.routing.CallLeg;
import io.heliograph.routing.Count;
import io.heliograph.routing.IncomingCall;
import io.heliograph.routing.MadeCall;
import io.heliograph.routing.OwnedMember;
import io.heliograph.routing.SessionState;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Appends values to a buffer, as {@link LinkReader} reads them. */
record LinkWriter(Buffer out) {

    /** Which message follows; the position is the byte on the wire, so new ones go last. */
    enum MessageKind {
        RELAYED,
        RING,
        ACCEPTED,
        CALL_ENDED,
        DROPPED
    }

    LinkWriter octet(int value) {
        out.appendByte((byte) value);
        return this;
    }

    LinkWriter flag(boolean value) {
        return octet(value ? 1 : 0);
    }

    /** An enum travels by its position: new constants go last. */
    @SuppressWarnings("EnumOrdinal")
    LinkWriter constant(Enum<?> value) {
        return octet(value.ordinal());
    }

    LinkWriter number(long value) {
        out.appendLong(value);
        return this;
    }

    LinkWriter optionalNumber(OptionalLong value) {
        flag(value.isPresent());
        value.ifPresent(this::number);
        return this;
    }

    LinkWriter text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    LinkWriter optionalText(Optional<String> value) {
        return value.isPresent() ? flag(true).text(value.get()) : flag(false);
    }

    LinkWriter name(Name value) {
        return text(value.toString());
    }

    LinkWriter payload(Payload value) {
        return bytes(value.toBytes());
    }

    <T> LinkWriter optional(Optional<T> value, Consumer<T> writer) {
        flag(value.isPresent());
        value.ifPresent(writer);
        return this;
    }

    <T> LinkWriter list(List<T> values, Consumer<T> writer) {
        out.appendInt(values.size());
        values.forEach(writer);
        return this;
    }

    LinkWriter member(OwnedMember owned) {
        Member member = owned.member();
        return text(member.peer().value())
                .number(member.order())
                .optional(member.user(), this::name)
                .optional(member.data(), this::payload)
                .number(owned.version())
                .number(owned.epoch());
    }

    LinkWriter group(Group group) {
        return constant(group.kind()).name(group.name());
    }

    LinkWriter count(Count count) {
        return group(count.group())
                .number(count.members())
                .flag(count.takesPart())
                .list(count.departing(), peer -> text(peer.value()));
    }

    LinkWriter leg(CallLeg leg) {
        return text(leg.call().value()).text(leg.called().value()).flag(leg.callersView());
    }

    LinkWriter incoming(IncomingCall call) {
        return text(call.id().value())
                .text(call.caller().value())
                .text(call.owner().toString())
                .flag(call.taken());
    }

    LinkWriter made(MadeCall call) {
        return text(call.id().value())
                .name(call.callee())
                .list(
                        List.copyOf(call.called().entrySet()),
                        called -> text(called.getKey().value())
                                .text(called.getValue().toString()))
                .optionalText(call.taker().map(PeerId::value))
                .number(call.ticksLeft());
    }

    /** All of it but the acquaintances. */
    LinkWriter state(SessionState state) {
        return optional(state.user(), this::name)
                .optional(state.data(), this::payload)
                .list(
                        state.rooms(),
                        room -> name(room.room())
                                .number(room.capacity())
                                .number(room.order())
                                .optional(room.data(), this::payload)
                                .number(room.version()))
                .list(state.topics(), this::name)
                .list(state.watching(), this::name)
                .list(
                        state.calls(),
                        call -> text(call.call().value())
                                .text(call.other().value())
                                .name(call.callee())
                                .flag(call.made()));
    }

    /** What {@link #state} leaves out. */
    LinkWriter acquaintances(SessionState state) {
        return list(state.acquaintances(), peer -> text(peer.value()));
    }

    /** One of the messages that travel between nodes. */
    LinkWriter message(ServerMessage message) {
        if (message instanceof Relayed relayed) {
            return constant(MessageKind.RELAYED).relayed(relayed);
        }
        if (message instanceof ServerMessage.Ring ring) {
            return constant(MessageKind.RING).ring(ring);
        }
        if (message instanceof ServerMessage.Accepted accepted) {
            return constant(MessageKind.ACCEPTED)
                    .text(accepted.call().value())
                    .text(accepted.from().value())
                    .optional(accepted.data(), this::payload);
        }
        if (message instanceof ServerMessage.CallEnded ended) {
            return constant(MessageKind.CALL_ENDED)
                    .text(ended.call().value())
                    .text(ended.reason().value());
        }
        if (message instanceof ServerMessage.Dropped dropped) {
            return constant(MessageKind.DROPPED)
                    .optionalText(peerIn(dropped.address()).map(PeerId::value))
                    .optional(groupIn(dropped.address()), this::group)
                    .number(dropped.count())
                    .constant(dropped.reason());
        }
        throw new IllegalArgumentException(
                "link message: " + message.getClass().getSimpleName() + " (expected: one for a peer of another node)");
    }

    LinkWriter ring(ServerMessage.Ring ring) {
        return text(ring.call().value())
                .text(ring.from().value())
                .optional(ring.user(), this::name)
                .optional(ring.data(), this::payload);
    }

    LinkWriter relayed(Relayed message) {
        return constant(message.type())
                .text(message.from().value())
                .optional(message.group(), this::group)
                .optional(message.data(), this::payload)
                .optionalNumber(message.sequence().seq())
                .optionalNumber(message.sequence().ack());
    }

    private static Optional<PeerId> peerIn(Address address) {
        return address.match(to -> Optional.of(to.peer()), to -> Optional.empty());
    }

    private static Optional<Group> groupIn(Address address) {
        return address.match(to -> Optional.empty(), to -> Optional.of(to.group()));
    }

    private LinkWriter bytes(byte[] value) {
        out.appendInt(value.length).appendBytes(value);
        return this;
    }
}
