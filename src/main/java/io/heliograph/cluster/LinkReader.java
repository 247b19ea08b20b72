package io.heliograph.cluster;

import io.heliograph.protocol.CallId;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.routing.CallLeg;
import io.heliograph.routing.Count;
import io.heliograph.routing.OwnedMember;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Reads values one after the other, as {@link LinkWriter} wrote them. */
final class LinkReader {
    private static final GroupKind[] GROUP_KINDS = GroupKind.values();

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
        return new Group(constant(GROUP_KINDS), new Name(text()));
    }

    Count count() {
        return new Count(group(), (int) number(), flag());
    }

    CallLeg leg() {
        return new CallLeg(call(), peer(), flag());
    }

    OwnedMember member() {
        Member member =
                new Member(new PeerId(text()), number(), optional(() -> new Name(text())), optional(this::payload));
        return new OwnedMember(member, number());
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
