package io.heliograph.cluster;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.routing.CallLeg;
import io.heliograph.routing.Count;
import io.heliograph.routing.OwnedMember;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** Appends values to a buffer, as {@link LinkReader} reads them. */
record LinkWriter(Buffer out) {

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
                .optional(member.user().map(Name::value), this::text)
                .optional(member.data(), this::payload)
                .number(owned.version());
    }

    LinkWriter group(Group group) {
        return constant(group.kind()).text(group.name().value());
    }

    LinkWriter count(Count count) {
        return group(count.group()).number(count.members()).flag(count.takesPart());
    }

    LinkWriter leg(CallLeg leg) {
        return text(leg.call().value()).text(leg.called().value()).flag(leg.callersView());
    }

    LinkWriter relayed(Relayed message) {
        return constant(message.type())
                .text(message.from().value())
                .optional(message.group(), this::group)
                .optional(message.data(), this::payload)
                .optionalNumber(message.sequence().seq())
                .optionalNumber(message.sequence().ack());
    }

    private LinkWriter bytes(byte[] value) {
        out.appendInt(value.length).appendBytes(value);
        return this;
    }
}
