package io.heliograph.dialect.v1;

import io.heliograph.dialect.Decoded;
import io.heliograph.dialect.Dialect;
import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.ClientMessage.Accept;
import io.heliograph.protocol.ClientMessage.Call;
import io.heliograph.protocol.ClientMessage.Hangup;
import io.heliograph.protocol.ClientMessage.Hello;
import io.heliograph.protocol.ClientMessage.Ice;
import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Leave;
import io.heliograph.protocol.ClientMessage.Ping;
import io.heliograph.protocol.ClientMessage.Reject;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.ClientMessage.Renew;
import io.heliograph.protocol.ClientMessage.Subscribe;
import io.heliograph.protocol.ClientMessage.Unsubscribe;
import io.heliograph.protocol.ClientMessage.Unwatch;
import io.heliograph.protocol.ClientMessage.Update;
import io.heliograph.protocol.ClientMessage.Watch;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The native dialect: one JSON object a frame, told apart by its {@code type} (src/docs/protocol.md). Where nobody asks for
 * tokens they mean nothing: {@code token} is a field like any other that is unknown, and {@code renew} such a type.
 */
public final class Codec implements Dialect {
    private static final Pattern PRINTABLE_TYPE = Pattern.compile("[A-Za-z0-9_-]{1,32}");
    private static final Map<String, RelayType> RELAYS = Arrays.stream(RelayType.values())
            .collect(Collectors.toUnmodifiableMap(RelayType::label, Function.identity()));

    private static final String RENEW = "renew";
    private static final String TYPES = "hello, join, update, leave, offer, answer, candidate, bye, message, subscribe,"
            + " unsubscribe, watch, unwatch, call, accept, reject, hangup, ping";

    private final Writer writer = new Writer();
    private final boolean withTokens;

    private Codec(boolean withTokens) {
        this.withTokens = withTokens;
    }

    /** For a server that asks for no tokens. */
    public static Codec withoutTokens() {
        return new Codec(false);
    }

    /** For a server that asks for tokens. */
    public static Codec withTokens() {
        return new Codec(true);
    }

    @Override
    public DialectName name() {
        return DialectName.V1;
    }

    @Override
    public Decoded decode(byte[] frame) {
        Fields fields;
        try {
            fields = Fields.read(frame);
        } catch (Refusal refusal) {
            return malformed(Optional.empty(), refusal);
        }
        Optional<String> id;
        try {
            id = fields.id();
        } catch (Refusal refusal) {
            return malformed(Optional.empty(), refusal);
        }
        try {
            RelayType relay = RELAYS.get(fields.type());
            return relay == null
                    ? new Decoded.Understood(message(fields.type(), id, fields))
                    : relay(relay, id, fields.address(), fields);
        } catch (Refusal refusal) {
            return malformed(id, refusal);
        }
    }

    @Override
    public byte[] encode(ServerMessage message) {
        return writer.write(message);
    }

    /** What is wrong with a relay is told with its address. */
    private static Decoded relay(RelayType type, Optional<String> id, Address to, Fields fields) {
        try {
            if (type != RelayType.MESSAGE && to.isTopic()) {
                throw new Refusal(ErrorCode.BAD_REQUEST, "type: " + type.label() + " to a topic (expected: message)");
            }
            Sequence sequence = new Sequence(fields.seq(), fields.ack());
            return new Decoded.Understood(new Relay(id, type, to, fields.data(), sequence));
        } catch (Refusal refusal) {
            return new Decoded.Malformed(new ServerMessage.Refused(id, refusal, Optional.of(to)));
        }
    }

    private ClientMessage message(String type, Optional<String> id, Fields fields) {
        return switch (type) {
            case "hello" ->
                new Hello(
                        id,
                        fields.user(),
                        fields.memberData(),
                        withTokens ? fields.token() : Optional.empty(),
                        fields.resume());
            case "join" -> new Join(id, fields.room(), fields.capacity(), fields.memberData());
            case "update" ->
                new Update(id, fields.room(), fields.memberData().orElseThrow(() -> Fields.missing(Fields.Key.DATA)));
            case "leave" -> new Leave(id, fields.room());
            case "subscribe" -> new Subscribe(id, fields.topic());
            case "unsubscribe" -> new Unsubscribe(id, fields.topic());
            case "watch" -> new Watch(id, fields.users());
            case "unwatch" -> new Unwatch(id, fields.users());
            case "call" -> new Call(id, fields.callee(), fields.data());
            case "accept" -> new Accept(id, fields.call(), fields.data());
            case "reject" -> new Reject(id, fields.call(), fields.reason().orElse(CallEnding.DECLINED));
            case "hangup" -> new Hangup(id, fields.call());
            case "ping" -> new Ping(id);
            case "ice" -> new Ice(id);
            default -> {
                if (withTokens && type.equals(RENEW)) {
                    yield new Renew(id, fields.token().orElseThrow(() -> Fields.missing(Fields.Key.TOKEN)));
                }
                throw unknown(type);
            }
        };
    }

    private Refusal unknown(String type) {
        String shown = PRINTABLE_TYPE.matcher(type).matches() ? type : "not a word";
        return new Refusal(
                ErrorCode.UNKNOWN_TYPE,
                "type: %s (expected: %s%s or ice)".formatted(shown, TYPES, withTokens ? ", " + RENEW : ""));
    }

    private static Decoded malformed(Optional<String> re, Refusal refusal) {
        return new Decoded.Malformed(new ServerMessage.Refused(re, refusal, Optional.empty()));
    }
}
