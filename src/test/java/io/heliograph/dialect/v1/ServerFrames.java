package io.heliograph.dialect.v1;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.CallState;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.IceGrant;
import io.heliograph.protocol.IceServer;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.Roster;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** Reads what the server writes, as far as a frame without white space can be read back into the message it was. */
final class ServerFrames {

    private ServerFrames() {}

    static ServerMessage read(JsonObject json, String frame) {
        Optional<String> re = Optional.ofNullable(json.getString("re"));
        return switch (json.getString("type")) {
            case "welcome" -> welcome(re, json);
            case "joined" ->
                new ServerMessage.Joined(
                        re,
                        name(json, "room").orElseThrow(),
                        json.getInteger("capacity"),
                        json.getLong("order"),
                        json.getJsonArray("peers").stream()
                                .map(peer -> member((JsonObject) peer))
                                .toList());
            case "peer-joined" ->
                new ServerMessage.PeerJoined(name(json, "room").orElseThrow(), member(json));
            case "peer-updated" ->
                new ServerMessage.PeerUpdated(
                        name(json, "room").orElseThrow(), peer(json), data(json).orElseThrow());
            case "peer-left" ->
                new ServerMessage.PeerLeft(
                        name(json, "room").orElseThrow(), peer(json), reason(json.getString("reason")));
            case "left" -> new ServerMessage.Left(re, name(json, "room").orElseThrow());
            case "presence" -> new ServerMessage.Presence(name(json, "user").orElseThrow(), json.getInteger("peers"));
            case "ringing" -> new ServerMessage.Ringing(re, call(json), json.getInteger("peers"));
            case "call" -> new ServerMessage.Ring(call(json), from(json), name(json, "user"), data(json));
            case "accepted" -> new ServerMessage.Accepted(call(json), from(json), data(json));
            case "call-ended" -> new ServerMessage.CallEnded(call(json), new CallEnding(json.getString("reason")));
            case "dropped" ->
                new ServerMessage.Dropped(address(json).orElseThrow(), json.getInteger("count"), dropReason(json));
            case "draining" -> new ServerMessage.Draining(json.getInteger("reconnectWithin"));
            case "ok" ->
                json.containsKey("tokenTtl")
                        ? new ServerMessage.Renewed(re.orElseThrow(), seconds(json, "tokenTtl"))
                        : new ServerMessage.Ok(re.orElseThrow());
            case "ice-servers" -> new ServerMessage.IceServers(re, ice(json));
            case "pong" -> new ServerMessage.Pong(re);
            case "error" -> refused(re, json);
            default -> relayed(json, frame);
        };
    }

    private static ServerMessage welcome(Optional<String> re, JsonObject json) {
        JsonObject limits = json.getJsonObject("limits");
        return new ServerMessage.Welcome(
                re,
                peer(json),
                name(json, "user"),
                SessionToken.parse(json.getString("session")).orElseThrow(),
                json.getBoolean("resumed") ? Optional.of(resumed(json)) : Optional.empty(),
                ice(json),
                seconds(json, "tokenTtl"),
                json.getInteger("heartbeat"),
                new Limits(
                        limits.getInteger("frame"),
                        limits.getInteger("rate"),
                        1_048_576,
                        limits.getInteger("rooms"),
                        1,
                        1,
                        new Limits.Intake(10_000, 0, 0, 1_000),
                        new Limits.Absence(10_000, 67_108_864)));
    }

    private static IceGrant ice(JsonObject json) {
        return new IceGrant(
                json.getJsonArray("iceServers").stream()
                        .map(server -> iceServer((JsonObject) server))
                        .toList(),
                seconds(json, "iceTtl"));
    }

    private static OptionalInt seconds(JsonObject json, String field) {
        return json.containsKey(field) ? OptionalInt.of(json.getInteger(field)) : OptionalInt.empty();
    }

    private static IceServer iceServer(JsonObject json) {
        return new IceServer(
                json.getJsonArray("urls").stream().map(String.class::cast).toList(),
                Optional.ofNullable(json.getString("username"))
                        .map(username -> new IceServer.Credential(username, new Secret(json.getString("credential")))));
    }

    private static ServerMessage refused(Optional<String> re, JsonObject json) {
        ErrorCode code = Arrays.stream(ErrorCode.values())
                .filter(each -> each.label().equals(json.getString("code")))
                .findFirst()
                .orElseThrow();
        return new ServerMessage.Refused(re, new Refusal(code, json.getString("message")), address(json));
    }

    private static Optional<Address> address(JsonObject json) {
        Optional<Address> to =
                Optional.ofNullable(json.getString("to")).map(peer -> new Address.ToPeer(new PeerId(peer)));
        return group(json).<Address>map(Address.ToGroup::new).or(() -> to);
    }

    private static Resumed resumed(JsonObject json) {
        return new Resumed(
                objects(json, "rooms")
                        .map(room -> new Roster(
                                name(room, "room").orElseThrow(),
                                room.getInteger("capacity"),
                                room.getLong("order"),
                                objects(room, "peers").map(ServerFrames::member).toList()))
                        .toList(),
                json.getJsonArray("topics").stream()
                        .map(topic -> new Name((String) topic))
                        .toList(),
                json.getJsonArray("watching").stream()
                        .map(user -> new Name((String) user))
                        .toList(),
                objects(json, "calls")
                        .map(call -> new CallState(
                                call(call),
                                call.getBoolean("made"),
                                Optional.ofNullable(call.getString("peer")).map(PeerId::new),
                                call.getBoolean("accepted")))
                        .toList());
    }

    private static Stream<JsonObject> objects(JsonObject json, String field) {
        return json.getJsonArray(field).stream().map(JsonObject.class::cast);
    }

    private static ServerMessage relayed(JsonObject json, String frame) {
        RelayType type = Arrays.stream(RelayType.values())
                .filter(each -> each.label().equals(json.getString("type")))
                .findFirst()
                .orElseThrow(() -> new AssertionError("not a frame of the server: " + frame));
        return new ServerMessage.Relayed(
                type,
                new PeerId(json.getString("from")),
                group(json),
                data(json),
                new Sequence(number(json, "seq"), number(json, "ack")));
    }

    private static Member member(JsonObject json) {
        return new Member(peer(json), json.getLong("order"), name(json, "user"), data(json));
    }

    private static PeerId peer(JsonObject json) {
        return new PeerId(json.getString("peer"));
    }

    private static Optional<Group> group(JsonObject json) {
        return Arrays.stream(GroupKind.values())
                .filter(kind -> json.containsKey(kind.label()))
                .findFirst()
                .map(kind -> new Group(kind, new Name(json.getString(kind.label()))));
    }

    private static CallId call(JsonObject json) {
        return new CallId(json.getString("call"));
    }

    private static PeerId from(JsonObject json) {
        return new PeerId(json.getString("from"));
    }

    private static Optional<Name> name(JsonObject json, String field) {
        return Optional.ofNullable(json.getString(field)).map(Name::new);
    }

    private static Optional<Payload> data(JsonObject json) {
        return json.containsKey("data")
                ? Optional.of(Payload.of(Json.encode(json.getValue("data"))))
                : Optional.empty();
    }

    private static OptionalLong number(JsonObject json, String field) {
        return json.containsKey(field) ? OptionalLong.of(json.getLong(field)) : OptionalLong.empty();
    }

    private static DropReason dropReason(JsonObject json) {
        return Arrays.stream(DropReason.values())
                .filter(each -> each.label().equals(json.getString("reason")))
                .findFirst()
                .orElseThrow();
    }

    private static LeaveReason reason(String label) {
        return Arrays.stream(LeaveReason.values())
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow();
    }
}
