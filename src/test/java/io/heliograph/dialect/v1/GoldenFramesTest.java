package io.heliograph.dialect.v1;

import static io.heliograph.dialect.v1.Frames.encode;
import static io.heliograph.dialect.v1.Frames.id;
import static io.heliograph.dialect.v1.Frames.quoted;
import static io.heliograph.dialect.v1.Frames.understood;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.CallState;
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
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
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
import io.heliograph.protocol.ServerMessage.Accepted;
import io.heliograph.protocol.ServerMessage.CallEnded;
import io.heliograph.protocol.ServerMessage.IceServers;
import io.heliograph.protocol.ServerMessage.Joined;
import io.heliograph.protocol.ServerMessage.Left;
import io.heliograph.protocol.ServerMessage.Ok;
import io.heliograph.protocol.ServerMessage.PeerJoined;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.heliograph.protocol.ServerMessage.PeerUpdated;
import io.heliograph.protocol.ServerMessage.Pong;
import io.heliograph.protocol.ServerMessage.Presence;
import io.heliograph.protocol.ServerMessage.Refused;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.protocol.ServerMessage.Renewed;
import io.heliograph.protocol.ServerMessage.Ring;
import io.heliograph.protocol.ServerMessage.Ringing;
import io.heliograph.protocol.ServerMessage.Welcome;
import io.heliograph.protocol.SessionToken;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every message and its frame, in both directions. A new message fails here until it has a sample. */
class GoldenFramesTest {
    private static final Name ROOM = new Name("standup");
    private static final CallId CALL = new CallId("c1");
    private static final PeerId ALICE = new PeerId("pAlice");
    private static final PeerId BOB = new PeerId("pBob");
    private static final SessionToken TOKEN = new SessionToken(ALICE, new Secret("s"));
    private static final IceGrant ICE = new IceGrant(
            List.of(
                    new IceServer(List.of("stun:s"), Optional.empty()),
                    new IceServer(
                            List.of("turn:a?transport=udp", "turns:b"),
                            Optional.of(new IceServer.Credential("5:alice", new Secret("c2lnbmVk"))))),
            OptionalInt.of(3600));

    static Stream<Arguments> fromClients() {
        return Stream.of(
                Arguments.of(
                        "{'type':'hello'}",
                        new Hello(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty())),
                Arguments.of(
                        "{'type':'hello','id':'1','user':'alice','data':{'name':'Alice'},'token':'t','resume':'r'}",
                        new Hello(
                                id("1"),
                                Optional.of(new Name("alice")),
                                Optional.of(Payload.of("{\"name\":\"Alice\"}")),
                                Optional.of(new Secret("t")),
                                Optional.of("r"))),
                Arguments.of("{'type':'renew','id':'13','token':'t'}", new Renew(id("13"), new Secret("t"))),
                Arguments.of("{'type':'join','room':'standup'}", new Join(Optional.empty(), ROOM, 0, Optional.empty())),
                Arguments.of(
                        "{'type':'join','id':'2','room':'standup','capacity':2,'data':null}",
                        new Join(id("2"), ROOM, 2, Optional.of(Payload.of("null")))),
                Arguments.of(
                        "{'type':'join','room':'standup','capacity':9223372036854775807}",
                        new Join(Optional.empty(), ROOM, Integer.MAX_VALUE, Optional.empty())),
                Arguments.of(
                        "{'type':'update','id':'3','room':'standup','data':[]}",
                        new Update(id("3"), ROOM, Payload.of("[]"))),
                Arguments.of("{'type':'leave','id':'4','room':'standup'}", new Leave(id("4"), ROOM)),
                Arguments.of(
                        "{'type':'offer','id':'5','to':'pBob','data':{'type':'offer','sdp':'v=0'}}",
                        relay(
                                id("5"),
                                RelayType.OFFER,
                                Optional.of(Payload.of(quoted("{'type':'offer','sdp':'v=0'}"))))),
                Arguments.of(
                        "{'type':'answer','to':'pBob'}", relay(Optional.empty(), RelayType.ANSWER, Optional.empty())),
                Arguments.of(
                        "{'type':'candidate','to':'pBob','data':null}",
                        relay(Optional.empty(), RelayType.CANDIDATE, Optional.of(Payload.of("null")))),
                Arguments.of("{'type':'bye','to':'pBob'}", relay(Optional.empty(), RelayType.BYE, Optional.empty())),
                Arguments.of(
                        "{'type':'message','room':'standup','data':'hi','seq':-1,'ack':9223372036854775807}",
                        new Relay(
                                Optional.empty(),
                                RelayType.MESSAGE,
                                new Address.ToGroup(Group.room(ROOM)),
                                Optional.of(Payload.of("\"hi\"")),
                                new Sequence(OptionalLong.of(-1), OptionalLong.of(Long.MAX_VALUE)))),
                Arguments.of(
                        "{'type':'message','user':'bob'}",
                        new Relay(
                                Optional.empty(),
                                RelayType.MESSAGE,
                                new Address.ToGroup(Group.user(new Name("bob"))),
                                Optional.empty(),
                                Sequence.NONE)),
                Arguments.of(
                        "{'type':'message','topic':'news','data':1}",
                        new Relay(
                                Optional.empty(),
                                RelayType.MESSAGE,
                                new Address.ToGroup(Group.topic(new Name("news"))),
                                Optional.of(Payload.of("1")),
                                Sequence.NONE)),
                Arguments.of("{'type':'subscribe','id':'6','topic':'news'}", new Subscribe(id("6"), new Name("news"))),
                Arguments.of(
                        "{'type':'unsubscribe','topic':'news'}", new Unsubscribe(Optional.empty(), new Name("news"))),
                Arguments.of(
                        "{'type':'watch','id':'7','users':['bob','a\\u0062']}",
                        new Watch(id("7"), List.of(new Name("bob"), new Name("ab")))),
                Arguments.of("{'type':'watch','users':[]}", new Watch(Optional.empty(), List.of())),
                Arguments.of(
                        "{'type':'unwatch','users':['bob']}", new Unwatch(Optional.empty(), List.of(new Name("bob")))),
                Arguments.of(
                        "{'type':'call','id':'8','user':'bob','data':{'video':true}}",
                        new Call(id("8"), new Name("bob"), Optional.of(Payload.of("{\"video\":true}")))),
                Arguments.of("{'type':'accept','id':'9','call':'c1'}", new Accept(id("9"), CALL, Optional.empty())),
                Arguments.of("{'type':'reject','call':'c1'}", new Reject(Optional.empty(), CALL, CallEnding.DECLINED)),
                Arguments.of(
                        "{'type':'reject','call':'c1','reason':'busy'}",
                        new Reject(Optional.empty(), CALL, new CallEnding("busy"))),
                Arguments.of("{'type':'hangup','id':'10','call':'c1'}", new Hangup(id("10"), CALL)),
                Arguments.of("{'type':'ping'}", new Ping(Optional.empty())),
                Arguments.of(" \t\r\n{ 'id' : 'x' , 'type' : 'ping' } \n", new Ping(id("x"))),
                Arguments.of("{'type':'ice'}", new Ice(Optional.empty())),
                Arguments.of("{'type':'ice','id':'12'}", new Ice(id("12"))),
                Arguments.of("{'\\u0074ype':'p\\u0069ng','id':'\\ud83d\\ude00'}", new Ping(id("\ud83d\ude00"))));
    }

    @ParameterizedTest
    @MethodSource("fromClients")
    void aClientsFrameMeansItsMessage(String frame, ClientMessage message) {
        assertEquals(message, understood(quoted(frame)));
    }

    @Test
    void everyClientMessageHasASample() {
        assertEquals(permitted(ClientMessage.class), sampled(fromClients()));
        Set<RelayType> relayed = fromClients()
                .map(sample -> sample.get()[1])
                .filter(Relay.class::isInstance)
                .map(relay -> ((Relay) relay).type())
                .collect(Collectors.toSet());
        assertEquals(Set.of(RelayType.values()), relayed);
    }

    static Stream<Arguments> fromTheServer() {
        Member bob = new Member(BOB, 6, Optional.of(new Name("bob")), Optional.of(Payload.of("{ \"a\": 1.0e2 }")));
        Member nobody = new Member(ALICE, 7, Optional.empty(), Optional.empty());
        return Stream.of(
                Arguments.of(
                        new Welcome(
                                id("1"),
                                ALICE,
                                Optional.of(new Name("alice")),
                                TOKEN,
                                Optional.empty(),
                                IceGrant.NONE,
                                OptionalInt.empty(),
                                25_000,
                                new Limits(
                                        65_536,
                                        200,
                                        1_048_576,
                                        64,
                                        250,
                                        1,
                                        new Limits.Intake(10_000, 0, 0, 1_000),
                                        new Limits.Absence(10_000, 67_108_864))),
                        "{'type':'welcome','re':'1','peer':'pAlice','user':'alice','session':'pAlice.s','resumed':false,'iceServers':[],"
                                + "'heartbeat':25000,'limits':{'frame':65536,'rooms':64,'rate':200}}"),
                Arguments.of(
                        new Welcome(
                                Optional.empty(),
                                ALICE,
                                Optional.empty(),
                                TOKEN,
                                Optional.empty(),
                                ICE,
                                OptionalInt.of(60),
                                1,
                                new Limits(
                                        1,
                                        2,
                                        1_048_576,
                                        3,
                                        4,
                                        5,
                                        new Limits.Intake(10_000, 0, 0, 1_000),
                                        new Limits.Absence(10_000, 67_108_864))),
                        "{'type':'welcome','peer':'pAlice','session':'pAlice.s','resumed':false,'iceServers':[{'urls':['stun:s']},"
                                + "{'urls':['turn:a?transport=udp','turns:b'],'username':'5:alice','credential':'c2lnbmVk'}],"
                                + "'iceTtl':3600,'tokenTtl':60,'heartbeat':1,"
                                + "'limits':{'frame':1,'rooms':3,'rate':2}}"),
                Arguments.of(
                        new Welcome(
                                id("1"),
                                ALICE,
                                Optional.empty(),
                                TOKEN,
                                Optional.of(new Resumed(
                                        List.of(new Roster(ROOM, 2, 7, List.of(bob))),
                                        List.of(new Name("news")),
                                        List.of(new Name("bob")),
                                        List.of(
                                                new CallState(new CallId("c1"), true, Optional.empty(), false),
                                                new CallState(new CallId("c2"), false, Optional.of(BOB), true)))),
                                IceGrant.NONE,
                                OptionalInt.empty(),
                                1,
                                new Limits(
                                        1,
                                        2,
                                        1_048_576,
                                        3,
                                        4,
                                        5,
                                        new Limits.Intake(10_000, 0, 0, 1_000),
                                        new Limits.Absence(10_000, 67_108_864))),
                        "{'type':'welcome','re':'1','peer':'pAlice','session':'pAlice.s','resumed':true,'iceServers':[],"
                                + "'heartbeat':1,'limits':{'frame':1,'rooms':3,'rate':2},"
                                + "'rooms':[{'room':'standup','capacity':2,'order':7,"
                                + "'peers':[{'peer':'pBob','order':6,'user':'bob','data':{ 'a': 1.0e2 }}]}],"
                                + "'topics':['news'],'watching':['bob'],"
                                + "'calls':[{'call':'c1','made':true,'accepted':false},"
                                + "{'call':'c2','made':false,'accepted':true,'peer':'pBob'}]}"),
                Arguments.of(
                        new ServerMessage.Dropped(new Address.ToPeer(BOB), 3, DropReason.EXPIRED),
                        "{'type':'dropped','to':'pBob','count':3,'reason':'expired'}"),
                Arguments.of(
                        new ServerMessage.Dropped(new Address.ToGroup(Group.room(ROOM)), 1, DropReason.OVERFLOW),
                        "{'type':'dropped','room':'standup','count':1,'reason':'overflow'}"),
                Arguments.of(new ServerMessage.Draining(8_000), "{'type':'draining','reconnectWithin':8000}"),
                Arguments.of(
                        new Joined(id("2"), ROOM, 2, 7, List.of(bob)),
                        "{'type':'joined','re':'2','room':'standup','capacity':2,'order':7,"
                                + "'peers':[{'peer':'pBob','order':6,'user':'bob','data':{ 'a': 1.0e2 }}]}"),
                Arguments.of(
                        new Joined(Optional.empty(), ROOM, 250, 1, List.of()),
                        "{'type':'joined','room':'standup','capacity':250,'order':1,'peers':[]}"),
                Arguments.of(
                        new Joined(Optional.empty(), ROOM, 250, 8, List.of(bob, nobody)),
                        "{'type':'joined','room':'standup','capacity':250,'order':8,'peers':[{'peer':'pBob','order':6,'user':'bob',"
                                + "'data':{ 'a': 1.0e2 }},{'peer':'pAlice','order':7}]}"),
                Arguments.of(
                        new PeerJoined(ROOM, bob),
                        "{'type':'peer-joined','room':'standup','peer':'pBob','order':6,'user':'bob','data':{ 'a': 1.0e2 }}"),
                Arguments.of(
                        new PeerJoined(ROOM, nobody),
                        "{'type':'peer-joined','room':'standup','peer':'pAlice','order':7}"),
                Arguments.of(
                        new PeerUpdated(ROOM, BOB, Payload.of("null")),
                        "{'type':'peer-updated','room':'standup','peer':'pBob','data':null}"),
                Arguments.of(
                        new PeerLeft(ROOM, BOB, LeaveReason.KICKED),
                        "{'type':'peer-left','room':'standup','peer':'pBob','reason':'kicked'}"),
                Arguments.of(new Left(id("4"), ROOM), "{'type':'left','re':'4','room':'standup'}"),
                Arguments.of(new Left(Optional.empty(), ROOM), "{'type':'left','room':'standup'}"),
                Arguments.of(
                        relayed(Optional.empty(), Optional.of(Payload.of("{}")), Sequence.NONE),
                        "{'type':'offer','from':'pBob','data':{}}"),
                Arguments.of(
                        relayed(
                                Optional.of(Group.room(ROOM)),
                                Optional.empty(),
                                new Sequence(OptionalLong.of(3), OptionalLong.of(-2))),
                        "{'type':'offer','from':'pBob','room':'standup','seq':3,'ack':-2}"),
                Arguments.of(
                        relayed(Optional.of(Group.user(new Name("alice"))), Optional.empty(), Sequence.NONE),
                        "{'type':'offer','from':'pBob','user':'alice'}"),
                Arguments.of(
                        relayed(Optional.of(Group.topic(new Name("news"))), Optional.empty(), Sequence.NONE),
                        "{'type':'offer','from':'pBob','topic':'news'}"),
                Arguments.of(new Presence(new Name("bob"), 2), "{'type':'presence','user':'bob','peers':2}"),
                Arguments.of(new Ringing(id("8"), CALL, 2), "{'type':'ringing','re':'8','call':'c1','peers':2}"),
                Arguments.of(
                        new Ring(CALL, BOB, Optional.of(new Name("bob")), Optional.of(Payload.of("[1]"))),
                        "{'type':'call','call':'c1','from':'pBob','user':'bob','data':[1]}"),
                Arguments.of(
                        new Ring(CALL, BOB, Optional.empty(), Optional.empty()),
                        "{'type':'call','call':'c1','from':'pBob'}"),
                Arguments.of(
                        new Accepted(CALL, BOB, Optional.empty()), "{'type':'accepted','call':'c1','from':'pBob'}"),
                Arguments.of(
                        new CallEnded(CALL, new CallEnding("\"ä")),
                        "{'type':'call-ended','call':'c1','reason':'\\'ä'}"),
                Arguments.of(new Ok("5"), "{'type':'ok','re':'5'}"),
                Arguments.of(new Pong(id("\u0001\"\\")), "{'type':'pong','re':'\\u0001\\'\\\\'}"),
                Arguments.of(new Pong(Optional.empty()), "{'type':'pong'}"),
                Arguments.of(new Renewed("13", OptionalInt.of(0)), "{'type':'ok','re':'13','tokenTtl':0}"),
                Arguments.of(
                        new IceServers(id("12"), ICE),
                        "{'type':'ice-servers','re':'12','iceServers':[{'urls':['stun:s']},"
                                + "{'urls':['turn:a?transport=udp','turns:b'],'username':'5:alice','credential':'c2lnbmVk'}],"
                                + "'iceTtl':3600}"),
                Arguments.of(new IceServers(Optional.empty(), IceGrant.NONE), "{'type':'ice-servers','iceServers':[]}"),
                Arguments.of(
                        new Refused(id("6"), new Refusal(ErrorCode.ROOM_FULL, "full"), Optional.empty()),
                        "{'type':'error','re':'6','code':'room-full','message':'full'}"),
                Arguments.of(
                        new Refused(
                                Optional.empty(),
                                new Refusal(ErrorCode.PEER_UNREACHABLE, "gone"),
                                Optional.of(new Address.ToPeer(BOB))),
                        "{'type':'error','code':'peer-unreachable','message':'gone','to':'pBob'}"),
                Arguments.of(
                        new Refused(
                                Optional.empty(),
                                new Refusal(ErrorCode.NOT_A_MEMBER, "no"),
                                Optional.of(new Address.ToGroup(Group.room(new Name("\u00e9\ud83d\ude00"))))),
                        "{'type':'error','code':'not-a-member','message':'no','room':'\u00e9\\uD83D\\uDE00'}"));
    }

    @ParameterizedTest
    @MethodSource("fromTheServer")
    void aServersMessageIsWrittenAsItsFrame(ServerMessage message, String frame) {
        assertEquals(quoted(frame), encode(message));
    }

    @Test
    void everyServerMessageHasASample() {
        assertEquals(permitted(ServerMessage.class), sampled(fromTheServer()));
    }

    private static Relay relay(Optional<String> id, RelayType type, Optional<Payload> data) {
        return new Relay(id, type, new Address.ToPeer(BOB), data, Sequence.NONE);
    }

    private static Relayed relayed(Optional<Group> group, Optional<Payload> data, Sequence sequence) {
        return new Relayed(RelayType.OFFER, BOB, group, data, sequence);
    }

    private static Set<Class<?>> permitted(Class<?> sealed) {
        return Set.copyOf(Arrays.asList(sealed.getPermittedSubclasses()));
    }

    private static Set<Class<?>> sampled(Stream<Arguments> samples) {
        return samples.flatMap(sample -> Arrays.stream(sample.get()))
                .filter(value -> !(value instanceof String))
                .map(Object::getClass)
                .collect(Collectors.toSet());
    }
}
