package io.heliograph.it.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.OtlpReceiver;
import io.heliograph.it.harness.OtlpReceiver.Followed;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import io.heliograph.it.harness.TestCluster;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Relays that are followed from process to process, and a collector that is there, gone or deaf. */
class TracingIT {
    private static final String ROOM = "a-room-nobody-should-hear-of";
    /** The beginning of what {@code printf a-room-nobody-should-hear-of | sha256sum} prints. */
    private static final String ROOM_HASH = "9d3b102f";

    private static final String PAYLOAD = "what-they-say-to-each-other";
    private static final String LOST = " traces lost ";
    /** Spans wait up to 5 s for more, and are offered several times. */
    private static final Duration SPANS_WITHIN = Duration.ofSeconds(60);

    private static Map<String, String> following(String endpoint) {
        return Map.of("HELIOGRAPH_TRACING_ENDPOINT", endpoint, "HELIOGRAPH_TRACING_RATIO", "1");
    }

    @Test
    void aRelayIsFollowedFromNodeToNodeWithoutItsWords() {
        try (OtlpReceiver receiver = OtlpReceiver.start()) {
            try (TestCluster cluster = TestCluster.start(2, following(receiver.endpoint()));
                    TestClients clients = new TestClients()) {
                TestClient alice = clients.enter(cluster.ports().get(0));
                TestClient bob = clients.enter(cluster.ports().get(1));
                alice.join(ROOM);
                bob.join(ROOM);
                List<String> nodes = cluster.states().stream()
                        .map(state -> state.getString("process") + ".0")
                        .toList();

                TestClient.askFor(
                        alice, TestClient.message("to", bob.peer(), PAYLOAD).put("type", "offer"));
                Followed offer = assertFollowed(receiver, nodes, alice, "offer");
                assertEquals("", offer.said("room"));

                TestClient.askFor(alice, TestClient.message("room", ROOM, PAYLOAD));
                Followed message = assertFollowed(receiver, nodes, alice, "message");
                assertEquals(ROOM_HASH, message.said("room"));
                assertNotEquals(offer.trace(), message.trace());

                assertEquals(
                        "peer-unreachable",
                        alice.ask(TestClient.message("to", "pNobody", PAYLOAD).put("type", "bye"))
                                .getString("code"));
                Followed bye = await(receiver, relayOf(alice, "bye"));
                assertEquals("peer-unreachable", bye.said("outcome"));

                // Of this one nothing has been sent when the servers are told to stop.
                TestClient.askFor(
                        bob, TestClient.message("to", alice.peer(), PAYLOAD).put("type", "answer"));
                for (String secret : List.of(ROOM, PAYLOAD, alice.session(), bob.session())) {
                    assertFalse(receiver.hasHeard(secret), secret);
                }
                assertTrue(receiver.hasHeard(alice.peer()), "the peer, as a proof of the search");
            }
            List<Followed> last = receiver.spans().all(span -> span.said("type").equals("answer"));
            assertEquals(1, last.size(), "what was left was sent at the end");
            assertFalse(receiver.hasHeard(PAYLOAD));
        }
    }

    @Test
    void withoutTheCollectorRelaysFlowAndOneWarningIsLogged() {
        String nowhere = "http://127.0.0.1:" + TestCluster.freePort();
        try (TestCluster cluster = TestCluster.start(2, following(nowhere));
                TestClients clients = new TestClients()) {
            List<TestClient> peers = clients.enter(4, cluster.ports());
            peers.forEach(peer -> peer.join(ROOM));
            Pairs.assertRelays(peers);
            for (int index = 0; index < 2; index++) {
                ServerProcess server = cluster.server(index);
                server.log().await(SPANS_WITHIN, LOST, line -> line.contains(LOST));
                Pairs.assertRelays(peers);
                List<String> lost = server.log().all(line -> line.contains(LOST));
                assertEquals(1, lost.size(), lost.toString());
                assertTrue(lost.get(0).contains(" WARN "), lost.get(0));
                assertEquals(
                        List.of(),
                        server.log().all(line -> line.contains(" ERROR ") || !line.matches("\\d{4}-\\d\\d-\\d\\dT.*")));
            }
        }
    }

    @Test
    void aCollectorThatDoesNotAnswerDoesNotHoldUpTheEnd() throws IOException {
        try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerProcess server = ServerProcess.start(following("http://127.0.0.1:" + deaf.getLocalPort()));
                TestClients clients = new TestClients()) {
            List<TestClient> pair = clients.enter(2, List.of(server.ports().http()));
            Pairs.assertRelays(pair);
            long began = System.nanoTime();
            server.terminate();
            server.awaitExit();
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 10_000, "ended after " + millis + " ms");
        }
    }

    /** One trace with two spans, on the sender's node and on the other one; answers the first. */
    private static Followed assertFollowed(OtlpReceiver receiver, List<String> nodes, TestClient sender, String type) {
        Followed relay = await(receiver, relayOf(sender, type));
        Followed deliver = await(
                receiver,
                span -> span.trace().equals(relay.trace()) && !span.span().equals(relay.span()));
        assertEquals("relay", relay.name());
        assertEquals("", relay.parent());
        assertEquals(nodes.get(0), relay.said("node"));
        assertEquals("remote", relay.said("path"));
        assertEquals("ok", relay.said("outcome"));
        assertEquals("deliver", deliver.name());
        assertEquals(relay.span(), deliver.parent());
        assertEquals(nodes.get(1), deliver.said("node"));
        assertEquals("1", deliver.said("peers"));
        for (Followed span : List.of(relay, deliver)) {
            assertEquals(span.process() + ".0", span.said("node"));
        }
        assertEquals(
                2,
                receiver.spans().all(span -> span.trace().equals(relay.trace())).size());
        return relay;
    }

    private static Predicate<Followed> relayOf(TestClient sender, String type) {
        return span ->
                span.said("peer").equals(sender.peer()) && span.said("type").equals(type);
    }

    private static Followed await(OtlpReceiver receiver, Predicate<Followed> wanted) {
        return receiver.spans().await(SPANS_WITHIN, "span", wanted);
    }
}
