package io.heliograph.it.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.ServerProcess.Exit;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.protocol.Name;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a server writes about its clients when it is told to write all it can. */
class LogIT {
    private static final String ROOM = "board-meeting";
    private static final String PAYLOAD = "the-figures";

    @Test
    void oneClientCanBeFollowedAndNothingThatItMayKeepToItselfIsSaid() {
        ServerProcess server = ServerProcess.start(Map.of(
                "HELIOGRAPH_LOG_LEVEL", "debug", "HELIOGRAPH_LOG_FORMAT", "json", "HELIOGRAPH_SESSION_WINDOW", "30"));
        int port = server.ports().http();
        String node = server.management()
                .state()
                .getJsonArray("nodes")
                .getJsonObject(0)
                .getString("node");
        String peer;
        String first;
        String second;
        try (TestClients clients = new TestClients()) {
            TestClient bob = clients.enter(port);
            TestClient alice = clients.enter(port);
            peer = alice.peer();
            first = alice.session();
            bob.join(ROOM);
            alice.join(ROOM);
            TestClient.askFor(alice, TestClient.message("room", ROOM, PAYLOAD));
            TestClient.askFor(alice, TestClient.message("to", bob.peer(), PAYLOAD));
            assertEquals(
                    "error",
                    alice.ask(TestClient.message("room", "elsewhere", PAYLOAD)).getString("type"));
            Await.soon(alice.cut(), "cut");
            TestClient again = Await.soon(clients.resumeSoon(port, first), "welcome again");
            second = again.session();
            again.leave(ROOM);
            Await.soon(again.close(), "close");
        }
        server.terminate();
        Exit exit = server.awaitExit();
        List<String> said = exit.stderr().stream()
                .map(line -> new JsonObject(line).getString("message"))
                .filter(message -> message.contains(peer))
                .toList();
        String room = new Name(ROOM).fingerprint();
        assertEquals(
                List.of(
                        "session begun peer=" + peer + " node=" + node,
                        "joined peer=" + peer + " node=" + node + " room=" + room,
                        "refused peer=" + peer + " type=relay code=not-a-member",
                        "session resumed peer=" + peer + " node=" + node,
                        "left peer=" + peer + " node=" + node + " room=" + room),
                said.stream()
                        .filter(message -> !message.startsWith("connection "))
                        .toList());
        assertTrue(said.stream().anyMatch(message -> message.startsWith("connection ended ")), said::toString);
        for (String secret : List.of(ROOM, PAYLOAD, secretOf(first), secretOf(second))) {
            assertEquals(
                    List.of(),
                    exit.stderr().stream().filter(line -> line.contains(secret)).toList());
        }
    }

    private static String secretOf(String token) {
        return token.substring(token.indexOf('.') + 1);
    }
}
