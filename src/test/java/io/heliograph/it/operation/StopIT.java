package io.heliograph.it.operation;

import static io.heliograph.it.harness.RawClient.CLOSE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.ServerProcess.Exit;
import io.heliograph.it.harness.TestClient;
import io.heliograph.it.harness.TestClients;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** SIGTERM: every client is told, and the process ends soon. */
class StopIT {

    @Test
    void everyClientIsClosedWith1012AndTheProcessEnds() {
        try (ServerProcess server = ServerProcess.start(Map.of("HELIOGRAPH_INSTANCES", "2"));
                TestClients clients = new TestClients()) {
            List<TestClient> many = clients.enter(50, List.of(server.ports().http()));
            many.forEach(client -> client.join("ending"));
            try (RawClient raw = RawClient.upgrade(server.ports().http());
                    RawClient stranger = RawClient.upgrade(server.ports().http())) {
                raw.enter();
                long began = System.nanoTime();
                server.terminate();
                RawClient.Frame close = raw.read(CLOSE);
                assertEquals(1012, close.closeCode());
                raw.send(CLOSE, true, close.payload().getBytes());
                assertTrue(raw.readEnd(), "the server ends the connection");
                assertEquals(1012, stranger.read(CLOSE).closeCode());
                for (TestClient client : many) {
                    assertEquals(1012, Await.soon(client.closed(), "close of " + client));
                }
                Exit exit = server.awaitExit();
                long millis = (System.nanoTime() - began) / 1_000_000;
                assertTrue(millis < 10_000, "ended after " + millis + " ms");
                assertEquals(143, exit.code());
            }
        }
    }

    @Test
    void whoDoesNotAnswerTheCloseFrameDoesNotHoldUpTheEnd() {
        try (ServerProcess server = ServerProcess.start(Map.of());
                RawClient deaf = RawClient.upgrade(server.ports().http())) {
            deaf.enter();
            long began = System.nanoTime();
            server.terminate();
            server.awaitExit();
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 10_000, "ended after " + millis + " ms");
            assertEquals(1012, deaf.read(CLOSE).closeCode());
        }
    }

    @Test
    void aServerWithoutClientsEndsAtOnce() {
        try (ServerProcess server = ServerProcess.start(Map.of())) {
            long began = System.nanoTime();
            server.terminate();
            server.awaitExit();
            long millis = (System.nanoTime() - began) / 1_000_000;
            assertTrue(millis < 5_000, "ended after " + millis + " ms");
        }
    }
}
