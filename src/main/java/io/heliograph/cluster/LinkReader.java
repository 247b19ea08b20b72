package io.heliograph.cluster;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.routing.CallLeg;
import io.heliograph.routing.Count;
import io.heliograph.routing.IncomingCall;
import io.heliograph.routing.MadeCall;
import io.heliograph.routing.OwnedMember;
import io.heliograph.routing.SessionState;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Reads values one after the other, as {@link LinkWriter} wrote them. Fails with an {@link IllegalArgumentException} at a value that
 * cannot be, and with an {@link IndexOutOfBoundsException} where there are no bytes left.
 */
final class LinkReader {
    private static final GroupKind[] GROUP_KINDS = GroupKind.values();
    private static final RelayType[] RELAY_TYPES = RelayType.values();
    private static final DropReason[] DROP_REASONS = DropReason.values();
    private static final LinkWriter.MessageKind[] MESSAGE_KINDS = LinkWriter.MessageKind.values();

    private final Buffer in;
    private int position;

    LinkReader(Buffer in, int position) {
        this.in = in;
        this.position = position;
    }

    int octet() {
        return in.getByte(position++);
    }

    boolean flag() {
        return octet() != 0;
    }

    <E extends Enum<E>> E constant(E[] all) {
        int position = octet();
        if (position < 0 || position >= all.length) {
            throw new IllegalArgumentException("link constant: " + position + " (expected: < " + all.length + ")");
        }
        return all[position];
    }

    long number() {
        position += Long.BYTES;
        return in.getLong(position - Long.BYTES);
    }

    OptionalLong optionalNumber() {
        return flag() ? OptionalLong.of(number()) : OptionalLong.empty();
    }

    String text() {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    Optional<String> optionalText() {
        return flag() ? Optional.of(text()) : Optional.empty();
    }

    Payload payload() {
        byte[] json = bytes();
        return Payload.copyOf(json, 0, json.length);
    }

    <T> Optional<T> optional(Supplier<T> reader) {
        return flag() ? Optional.of(reader.get()) : Optional.empty();
    }

    <T> List<T> list(Supplier<T> reader) {
        int size = size();
        List<T> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add(reader.get());
        }
        return values;
    }

    PeerId peer() {
        return new PeerId(text());
    }

    CallId call() {
        return new CallId(text());
    }

    Group group() {
        return new Group(constant(GROUP_KINDS), name());
    }

    Count count() {
        return new Count(group(), (int) number(), flag(), list(this::peer));
    }

    CallLeg leg() {
        return new CallLeg(call(), peer(), flag());
    }

    OwnedMember member() {
        Member member = new Member(new PeerId(text()), number(), optional(this::name), optional(this::payload));
        return new OwnedMember(member, number(), number());
    }

    NodeId node() {
        return NodeId.parse(text());
    }

    Name name() {
        return Name.parse(text());
    }

    IncomingCall incoming() {
        return new IncomingCall(call(), peer(), node(), flag());
    }

    MadeCall made() {
        CallId id = call();
        Name callee = name();
        Map<PeerId, NodeId> called = new HashMap<>();
        list(() -> called.put(peer(), node()) == null);
        return new MadeCall(id, callee, called, optional(this::peer), (int) number());
    }

    /** Without acquaintances. */
    SessionState state() {
        return new SessionState(
                optional(this::name),
                optional(this::payload),
                list(() -> new SessionState.Membership(
                        name(), (int) number(), number(), optional(this::payload), number())),
                list(this::name),
                list(this::name),
                list(() -> new SessionState.TakenCall(call(), peer(), name(), flag())),
                List.of());
    }

    /** The same with what follows it. */
    SessionState acquaintances(SessionState state) {
        return state.knowing(list(this::peer));
    }

    ServerMessage message() {
        return switch (constant(MESSAGE_KINDS)) {
            case RELAYED -> relayed();
            case RING -> ring();
            case ACCEPTED -> new ServerMessage.Accepted(call(), peer(), optional(this::payload));
            case CALL_ENDED -> new ServerMessage.CallEnded(call(), new CallEnding(text()));
            case DROPPED -> new ServerMessage.Dropped(address(), (int) number(), constant(DROP_REASONS));
        };
    }

    private Address address() {
        Optional<Address> peer = optional(() -> new Address.ToPeer(peer()));
        Optional<Address> group = optional(() -> new Address.ToGroup(group()));
        return peer.or(() -> group)
                .orElseThrow(() -> new IllegalArgumentException("link address: none (expected: a peer or a group)"));
    }

    ServerMessage.Ring ring() {
        return new ServerMessage.Ring(call(), peer(), optional(this::name), optional(this::payload));
    }

    ServerMessage.Relayed relayed() {
        return new ServerMessage.Relayed(
                constant(RELAY_TYPES),
                peer(),
                optional(this::group),
                optional(this::payload),
                new Sequence(optionalNumber(), optionalNumber()));
    }

    private byte[] bytes() {
        int length = size();
        position += length;
        return in.getBytes(position - length, position);
    }

    /** How many bytes or elements follow; never more than there are bytes left, so that nothing is made room for in vain. */
    private int size() {
        position += Integer.BYTES;
        int size = in.getInt(position - Integer.BYTES);
        int left = in.length() - position;
        if (size < 0 || size > left) {
            throw new IllegalArgumentException("link size: " + size + " (expected: 0 to " + left + ")");
        }
        return size;
    }
}
