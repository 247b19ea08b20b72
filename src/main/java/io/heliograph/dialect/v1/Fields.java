package io.heliograph.dialect.v1;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one frame that this dialect knows, cut out of it without reading what is inside {@code data}. Each accessor
 * answers the field in its type or throws a {@link Refusal} that names it.
 */
final class Fields {
    private static final JsonFactory JSON = JsonFactory.builder()
            // A frame is small: the depth is the one thing in it that could hurt.
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.DEPTH_MAX)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            // Names come from clients: they must not fill the JVM's table of interned strings.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final int ENCODING_DETECTION_BYTES = 4;

    /** A field with a meaning in this version. */
    enum Key {
        TYPE,
        ID,
        USER,
        DATA,
        TOKEN,
        RESUME,
        ROOM,
        CAPACITY,
        TO,
        TOPIC,
        USERS,
        CALL,
        REASON,
        SEQ,
        ACK;

        private static final Map<String, Key> BY_LABEL =
                Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Key::label, Function.identity()));

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Where a value lies in the frame.
     *
     * @param text there for strings and numbers
     * @param elements those of an array that is to be read and holds only strings
     */
    private record Value(JsonToken kind, String text, Optional<List<String>> elements, int start, int end) {}

    private static final List<Key> ADDRESSES = List.of(Key.TO, Key.ROOM, Key.USER, Key.TOPIC);

    private final byte[] frame;
    private final Map<Key, Value> values;

    private Fields(byte[] frame, Map<Key, Value> values) {
        this.frame = frame;
        this.values = values;
    }

    /** Refuses as {@code bad-frame} what is not one JSON object, or gives a known field twice. */
    static Fields read(byte[] frame) {
        if (!startsAsObject(frame)) {
            throw badFrame("not a JSON object");
        }
        try (JsonParser parser = JSON.createParser(frame)) {
            parser.nextToken();
            Map<Key, Value> values = new EnumMap<>(Key.class);
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                Key key = Key.BY_LABEL.get(parser.currentName());
                Value value = readValue(parser, key);
                if (key != null && values.put(key, value) != null) {
                    throw badFrame(key.label() + ": given twice");
                }
            }
            if (parser.nextToken() != null) {
                throw badFrame("text after the JSON object");
            }
            return new Fields(frame, values);
        } catch (StreamConstraintsException tooDeep) {
            throw badFrame("nested deeper than " + Limits.DEPTH_MAX);
        } catch (JsonParseException notJson) {
            throw badFrame("not JSON at byte " + notJson.getLocation().getByteOffset());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static Value readValue(JsonParser parser, @Nullable Key key) throws IOException {
        JsonToken kind = parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        String text = "";
        Optional<List<String>> elements = Optional.empty();
        if (key == Key.USERS && kind == JsonToken.START_ARRAY) {
            elements = readStrings(parser);
        } else if (kind.isStructStart()) {
            parser.skipChildren();
        } else if (key == null || key == Key.DATA) {
            parser.finishToken();
        } else {
            text = parser.getText();
        }
        return new Value(
                kind, text, elements, start, (int) parser.currentLocation().getByteOffset());
    }

    /** The elements of the array that has begun, or empty where one of them is no string. */
    private static Optional<List<String>> readStrings(JsonParser parser) throws IOException {
        List<String> texts = new ArrayList<>();
        boolean onlyStrings = true;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                texts.add(parser.getText());
            } else {
                onlyStrings = false;
                parser.skipChildren();
            }
        }
        return onlyStrings ? Optional.of(texts) : Optional.empty();
    }

    /** Keeps the parser from guessing at UTF-16 or a byte order mark. */
    private static boolean startsAsObject(byte[] frame) {
        for (int i = 0; i < Math.min(ENCODING_DETECTION_BYTES, frame.length); i++) {
            if (frame[i] == 0) {
                return false;
            }
        }
        for (byte b : frame) {
            if (b != ' ' && b != '\t' && b != '\n' && b != '\r') {
                return b == '{';
            }
        }
        return false;
    }

    String type() {
        Value value = values.get(Key.TYPE);
        if (value == null || value.kind != JsonToken.VALUE_STRING) {
            throw badFrame("type: missing or no string");
        }
        return value.text;
    }

    Optional<String> id() {
        return string(Key.ID).map(id -> {
            int length = id.codePointCount(0, id.length());
            if (length < 1 || length > ClientMessage.ID_LENGTH_MAX) {
                throw badRequest(Key.ID, length + " characters", "1 to " + ClientMessage.ID_LENGTH_MAX);
            }
            if (hasLoneSurrogate(id)) {
                throw badRequest(Key.ID, "a lone surrogate", "valid Unicode");
            }
            return id;
        });
    }

    Optional<Name> user() {
        return name(Key.USER);
    }

    Name room() {
        return required(Key.ROOM);
    }

    Name topic() {
        return required(Key.TOPIC);
    }

    /** The user that a call is for. */
    Name callee() {
        return required(Key.USER);
    }

    List<Name> users() {
        Value value = value(Key.USERS, JsonToken.START_ARRAY, "an array").orElseThrow(() -> missing(Key.USERS));
        if (value.elements.isEmpty()) {
            throw badRequest(Key.USERS, "another kind of element", "an array of strings");
        }
        return value.elements.get().stream()
                .map(text -> valid(Key.USERS, text, Name::new))
                .toList();
    }

    CallId call() {
        String text = string(Key.CALL).orElseThrow(() -> missing(Key.CALL));
        return valid(Key.CALL, text, CallId::new);
    }

    Optional<CallEnding> reason() {
        return string(Key.REASON).map(text -> valid(Key.REASON, text, CallEnding::new));
    }

    Optional<Secret> token() {
        return string(Key.TOKEN).map(Secret::new);
    }

    Optional<String> resume() {
        return string(Key.RESUME);
    }

    Optional<Payload> data() {
        return Optional.ofNullable(values.get(Key.DATA))
                .map(value -> Payload.copyOf(frame, value.start, value.end - value.start));
    }

    Optional<Payload> memberData() {
        Optional<Payload> data = data();
        if (data.isPresent() && data.get().length() > Limits.MEMBER_DATA_BYTES_MAX) {
            throw badRequest(Key.DATA, data.get().length() + " bytes", "<= " + Limits.MEMBER_DATA_BYTES_MAX);
        }
        return data;
    }

    int capacity() {
        OptionalLong capacity = integer(Key.CAPACITY);
        if (capacity.orElse(0) < 0) {
            throw badRequest(Key.CAPACITY, "negative", "an integer >= 0");
        }
        return (int) Math.min(capacity.orElse(0), Integer.MAX_VALUE);
    }

    OptionalLong seq() {
        return integer(Key.SEQ);
    }

    OptionalLong ack() {
        return integer(Key.ACK);
    }

    Address address() {
        int given = 0;
        for (Key key : ADDRESSES) {
            given += values.containsKey(key) ? 1 : 0;
        }
        if (given != 1) {
            throw new Refusal(
                    ErrorCode.BAD_REQUEST,
                    "address: " + given + " given (expected: exactly one of to, room, user and topic)");
        }
        Optional<String> to = string(Key.TO);
        if (to.isPresent()) {
            return new Address.ToPeer(valid(Key.TO, to.get(), PeerId::new));
        }
        if (values.containsKey(Key.ROOM)) {
            return new Address.ToGroup(Group.room(room()));
        }
        return new Address.ToGroup(
                values.containsKey(Key.USER) ? Group.user(required(Key.USER)) : Group.topic(topic()));
    }

    static Refusal missing(Key key) {
        return badRequest(key, "missing", "present");
    }

    private Name required(Key key) {
        return name(key).orElseThrow(() -> missing(key));
    }

    private Optional<Name> name(Key key) {
        return string(key).map(text -> valid(key, text, Name::new));
    }

    private static <T> T valid(Key key, String text, Function<String, T> constructor) {
        try {
            return constructor.apply(text);
        } catch (IllegalArgumentException invalid) {
            throw new Refusal(ErrorCode.BAD_REQUEST, key.label() + ": " + invalid.getMessage());
        }
    }

    private Optional<String> string(Key key) {
        return value(key, JsonToken.VALUE_STRING, "a string").map(Value::text);
    }

    private OptionalLong integer(Key key) {
        Optional<Value> value = value(key, JsonToken.VALUE_NUMBER_INT, "an integer");
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(value.get().text));
        } catch (NumberFormatException tooLarge) {
            throw badRequest(key, "more than 64 bits", "an integer of at most 64 bits");
        }
    }

    private Optional<Value> value(Key key, JsonToken kind, String expected) {
        @Nullable Value value = values.get(key);
        if (value != null && value.kind != kind) {
            throw badRequest(key, kindOf(value), expected);
        }
        return Optional.ofNullable(value);
    }

    private static String kindOf(Value value) {
        return switch (value.kind) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "a string";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "a number";
            case VALUE_TRUE, VALUE_FALSE -> "a boolean";
            default -> "null";
        };
    }

    private static boolean hasLoneSurrogate(String text) {
        return text.codePoints().anyMatch(c -> Character.getType(c) == Character.SURROGATE);
    }

    private static Refusal badFrame(String text) {
        return new Refusal(ErrorCode.BAD_FRAME, "frame: " + text + " (expected: one JSON object with a type)");
    }

    private static Refusal badRequest(Key key, String found, String expected) {
        return new Refusal(ErrorCode.BAD_REQUEST, key.label() + ": " + found + " (expected: " + expected + ")");
    }
}
