package io.heliograph.it.wire;

import static io.heliograph.it.harness.TestClient.joining;
import static io.heliograph.it.harness.TestClient.message;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.Roster;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked and answered, on a server whose two instances the clients are spread over. */
class RequestsIT {
    private static final String ROOM = "asked";

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;

    @SuppressWarnings("NullAway.Init")
    private TestClients clients;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(
                Map.of("HELIOGRAPH_INSTANCES", "2", "HELIOGRAPH_LIMITS_ROOMS", "3", "HELIOGRAPH_LIMITS_CAPACITY", "4"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() {
        clients = new TestClients();
    }

    @AfterEach
    void close() {
        clients.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "bad-frame        | []",
                "bad-frame        | {'type':'message','room':'asked','data':[}",
                "bad-frame        | {'type':'message','type':'message','room':'asked'}",
                "bad-frame        | {'room':'asked','data':1}",
                "bad-request      | {'type':'message','data':1}",
                "bad-request      | {'type':'message','room':'asked','to':'p','data':1}",
                "bad-request      | {'type':'message','room':7,'data':1}",
                "bad-request      | {'type':'join','room':''}",
                "bad-request      | {'type':'update','room':'asked'}",
                "bad-request      | {'type':'hello'}",
                "unknown-type     | {'type':'shout','room':'asked','data':1}",
                "peer-unreachable | {'type':'offer','to':'pNobody','data':1}",
                "not-a-member     | {'type':'message','room':'asked','data':1}",
                "not-a-member     | {'type':'update','room':'asked','data':1}",
                "not-a-member     | {'type':'leave','room':'asked'}",
                "room-full        | {'type':'join','room':'asked'}"
            })
    void aBadRequestIsAnsweredAndNobodyElseNotices(String code, String frame) {
        List<TestClient> members = spread(2);
        members.get(0).ask(joining(ROOM).put("capacity", 2));
        members.get(1).join(ROOM);
        TestClient outsider = spread(1).get(0);
        int before = members.get(1).frames().all().size();
        outsider.send(frame.replace('\'', '"'));
        assertEquals(code, outsider.await("error", error -> true).getString("code"));
        outsider.settle();
        assertEquals(1, outsider.frames("error").size());
        assertFalse(outsider.closed().isDone(), "the connection is kept");
        members.forEach(TestClient::settle);
        assertEquals(
                before + 1,
                members.get(1).frames().all().size(),
                members.get(1).frames().tail());
        leaveAll(members);
    }

    @Test
    void namedAnswersAndErrorsComeWithoutAnIdAndOkDoesNot() {
        TestClient client = spread(1).get(0);
        client.send("{\"type\":\"join\",\"room\":\"mute\"}");
        client.send("{\"type\":\"update\",\"room\":\"mute\",\"data\":1}");
        client.send("{\"type\":\"message\",\"room\":\"mute\",\"data\":1}");
        client.send("{\"type\":\"nothing\"}");
        client.send("{\"type\":\"leave\",\"room\":\"mute\"}");
        client.send("{\"type\":\"ping\"}");
        client.await("pong", pong -> !pong.containsKey("re"));
        client.settle();
        List<String> types = client.frames().all().stream()
                .map(TestClient.Received::type)
                .sorted()
                .toList();
        assertEquals(List.of("error", "joined", "left", "pong", "pong", "welcome"), types);
    }

    @Test
    void whatIsSentBehindAHelloInOnePacketTakesEffectInOrder() {
        TestClient witness = spread(1).get(0);
        witness.join("hasty");
        try (RawClient hasty = RawClient.upgrade(server.ports().http())) {
            StringBuilder expected = new StringBuilder();
            for (String frame : List.of(
                    "{'type':'hello','data':{'from':'hello'}}",
                    "{'type':'join','room':'hasty'}",
                    "{'type':'message','room':'hasty','data':'first'}",
                    "{'type':'update','room':'hasty','data':'changed'}",
                    "{'type':'message','room':'hasty','data':'second'}",
                    "{'type':'leave','room':'hasty'}")) {
                hasty.sendText(frame.replace('\'', '"'));
            }
            witness.await("peer-left", left -> true);
            witness.frames().all().stream()
                    .skip(2)
                    .forEach(received -> expected.append(received.type()).append(' '));
            assertEquals("peer-joined message peer-updated message peer-left ", expected.toString());
            assertEquals(
                    new JsonObject().put("from", "hello"),
                    witness.frames("peer-joined").get(0).getValue("data"));
        }
    }

    @Test
    void whoLeavesAndJoinsAgainInOneBreathIsSeenToDoSo() {
        List<TestClient> two = spread(2);
        two.forEach(client -> client.join("restless"));
        List<Future<JsonObject>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            answers.add(two.get(0).askSoon(new JsonObject().put("type", "leave").put("room", "restless")));
            answers.add(two.get(0).askSoon(joining("restless")));
            answers.add(two.get(0).askSoon(message("room", "restless", i)));
        }
        Await.soon(Future.all(answers), "answers");
        two.forEach(TestClient::settle);
        assertEquals(
                Set.of(two.get(0).peer(), two.get(1).peer()),
                Roster.seenBy(two.get(1), "restless").keySet());
        assertEquals(
                IntStream.range(0, 20).boxed().toList(),
                two.get(1).frames("message").stream()
                        .map(received -> received.getInteger("data"))
                        .toList());
    }

    @Test
    void theLimitsOfRoomsAndCapacityHold() {
        TestClient client = spread(1).get(0);
        for (int i = 0; i < 3; i++) {
            assertEquals(4, client.join("limit-" + i).getInteger("capacity"));
        }
        JsonObject more = client.ask(joining("limit-3"));
        assertEquals("too-many", more.getString("code"));
        assertTrue(more.getString("message").contains("rooms"), more.toString());
        assertEquals("already-joined", client.ask(joining("limit-0")).getString("code"));
        client.leave("limit-0");
        assertEquals(4, client.ask(joining("limit-3").put("capacity", 1_000)).getInteger("capacity"));
        // A capacity that comes later is ignored.
        TestClient second = spread(1).get(0);
        assertEquals(4, second.ask(joining("limit-3").put("capacity", 2)).getInteger("capacity"));
    }

    @Test
    void dataPassesByteForByteBetweenInstances() {
        List<TestClient> two = spread(2);
        List<String> values = List.of(
                "{ \"a\" : [ 1.0 , -0, 1E+400 ] ,\t\"a\" : \"\\u0041\\ud800\\/\" }",
                "1234567890".repeat(40),
                "\"\\ud83d\\ude00 \ud83d\ude00 \u2028\"",
                "null");
        for (String value : values) {
            two.get(0).send("{\"type\":\"candidate\",\"to\":\"" + two.get(1).peer() + "\",\"data\": " + value + " }");
            String expected = "\"data\":" + value + "}";
            two.get(1)
                    .frames()
                    .await(
                            Await.SOON,
                            value,
                            received -> received.type().equals("candidate")
                                    && received.text().endsWith(expected));
        }
        two.get(0).send("{\"type\":\"bye\",\"to\":\"" + two.get(1).peer() + "\",\"seq\":5,\"ack\":-1}");
        JsonObject bye = two.get(1).await("bye", received -> true);
        assertEquals(Set.of("type", "from", "seq", "ack"), new HashSet<>(bye.fieldNames()));
    }

    /** Clients one after the other, which are taken by the instances in turn. */
    private List<TestClient> spread(int count) {
        return clients.enter(count, List.of(server.ports().http()));
    }

    private static void leaveAll(List<TestClient> members) {
        members.forEach(member -> member.leave(ROOM));
    }
}
