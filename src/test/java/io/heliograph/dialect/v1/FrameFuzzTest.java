package io.heliograph.dialect.v1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.heliograph.dialect.Decoded;
import io.heliograph.fuzz.FuzzTarget;
import io.heliograph.protocol.Address;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.ServerMessage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;

/**
 * A client's frame is a message, or an error of shape that is a frame itself. What a message carries is what another reader of JSON
 * finds in the frame, and a relay comes out as it went in.
 */
public class FrameFuzzTest extends FuzzTarget {
    private static final Codec CODEC = Codec.withTokens();
    private static final PeerId SENDER = new PeerId("p1");
    private static final Set<ErrorCode> OF_SHAPE =
            Set.of(ErrorCode.BAD_FRAME, ErrorCode.BAD_REQUEST, ErrorCode.UNKNOWN_TYPE);
    private static final int TEXT_LENGTH_MAX = 300;

    public static void fuzzerTestOneInput(byte[] frame) {
        new FrameFuzzTest().check(frame);
    }

    @Override
    protected void check(byte[] frame) {
        Decoded decoded = read(frame, CODEC::decode);
        if (decoded instanceof Decoded.Malformed malformed) {
            checkRefused(malformed.answer());
        } else if (decoded instanceof Decoded.Understood understood
                && utf8(frame).isPresent()) {
            parse(frame).ifPresent(sent -> checkUnderstood(sent, understood.message()));
        }
    }

    private static void checkRefused(ServerMessage.Refused refused) {
        JsonObject told = new JsonObject(Buffer.buffer(CODEC.encode(refused)));
        assertEquals("error", told.getString("type"));
        assertEquals(refused.re(), Optional.ofNullable(told.getString("re")));
        assertEquals(refused.refusal().code().label(), told.getString("code"));
        assertTrue(OF_SHAPE.contains(refused.refusal().code()), told::encode);
        String text = refused.refusal().text();
        assertTrue(text.length() <= TEXT_LENGTH_MAX, told::encode);
        assertTrue(text.chars().allMatch(c -> c >= ' ' && c < 0x7f), told::encode);
    }

    private static void checkUnderstood(JsonObject sent, ClientMessage message) {
        assertEquals(Optional.ofNullable(sent.getString("id")), message.id());
        message.id().ifPresent(id -> {
            JsonObject told = new JsonObject(Buffer.buffer(CODEC.encode(new ServerMessage.Ok(id))));
            assertEquals(id, told.getString("re"));
        });
        if (message instanceof ClientMessage.Relay relay) {
            checkData(sent, relay.data());
            checkRelayed(sent, relay);
        } else if (message instanceof ClientMessage.Hello hello) {
            checkData(sent, hello.data());
        } else if (message instanceof ClientMessage.Join join) {
            checkData(sent, join.data());
        } else if (message instanceof ClientMessage.Update update) {
            checkData(sent, Optional.of(update.data()));
        } else if (message instanceof ClientMessage.Call call) {
            checkData(sent, call.data());
        } else if (message instanceof ClientMessage.Accept accept) {
            checkData(sent, accept.data());
        }
    }

    private static void checkData(JsonObject sent, Optional<Payload> data) {
        assertEquals(sent.containsKey("data"), data.isPresent());
        data.ifPresent(json -> assertEquals(sent.getValue("data"), Json.decodeValue(Buffer.buffer(json.toBytes()))));
    }

    private static void checkRelayed(JsonObject sent, ClientMessage.Relay relay) {
        Optional<Group> group = relay.to().match(to -> Optional.empty(), to -> Optional.of(to.group()));
        byte[] frame =
                CODEC.encode(new ServerMessage.Relayed(relay.type(), SENDER, group, relay.data(), relay.sequence()));
        JsonObject told = new JsonObject(Buffer.buffer(frame));
        assertEquals(SENDER.value(), told.getString("from"));
        for (String field : Set.of("type", "room", "user", "topic", "seq", "ack", "data")) {
            assertEquals(sent.getValue(field), told.getValue(field), field);
        }
        if (relay.to() instanceof Address.ToGroup) {
            ClientMessage again =
                    new ClientMessage.Relay(Optional.empty(), relay.type(), relay.to(), relay.data(), relay.sequence());
            assertEquals(new Decoded.Understood(again), CODEC.decode(frame));
        }
    }

    /** What another reader sees; empty where a number is too long for it. */
    private static Optional<JsonObject> parse(byte[] frame) {
        try {
            return Optional.of(new JsonObject(Buffer.buffer(frame)));
        } catch (DecodeException refused) {
            assertTrue(refused.getCause() instanceof StreamConstraintsException, refused::toString);
            return Optional.empty();
        }
    }
}
