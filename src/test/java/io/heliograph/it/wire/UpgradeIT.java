package io.heliograph.it.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.RawClient.Frame;
import io.heliograph.it.harness.ServerProcess;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From an HTTP request to a WebSocket, or not. */
class UpgradeIT {

    @SuppressWarnings("NullAway.Init")
    private static ServerProcess server;

    @BeforeAll
    static void start() {
        server = ServerProcess.start(Map.of());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theSubprotocolIsEchoedWhenOffered() {
        assertTrue(headOf("Sec-WebSocket-Protocol: heliograph.v1\r\n")
                .contains("sec-websocket-protocol: heliograph.v1\r\n"));
        assertTrue(headOf("Sec-WebSocket-Protocol: chat, heliograph.v1\r\n")
                .contains("sec-websocket-protocol: heliograph.v1\r\n"));
    }

    @Test
    void thereIsNoSubprotocolWhereNoneIsOffered() {
        assertFalse(headOf("").contains("sec-websocket-protocol"));
    }

    @Test
    void aSubprotocolThatIsNotSpokenIsNotEchoed() {
        try (RawClient client = RawClient.open(server.ports().http())) {
            String head = client.request("GET", "/v1/ws", upgrade("Sec-WebSocket-Protocol: chat\r\n"))
                    .toLowerCase(Locale.ROOT);
            assertFalse(head.contains("sec-websocket-protocol: chat"), head);
        }
    }

    @Test
    void compressionIsNotNegotiated() {
        String head = headOf("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
        assertFalse(head.contains("sec-websocket-extensions"), head);
        try (RawClient client =
                RawClient.open(server.ports().http()).upgraded("Sec-WebSocket-Extensions: permessage-deflate\r\n")) {
            client.sendText("{\"type\":\"hello\"}");
            Frame welcome = client.read();
            assertEquals(0, welcome.reserved());
            assertTrue(welcome.text().startsWith("{\"type\":\"welcome\""));
        }
    }

    @Test
    void theHandshakeIsThatOfTheStandard() {
        // The example of RFC 6455, section 1.3.
        assertTrue(headOf("").contains("sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo="));
    }

    @Test
    void aPlainRequestToTheWebSocketPathIsAnswered426() {
        for (String method : new String[] {"GET", "POST", "HEAD"}) {
            try (RawClient client = RawClient.open(server.ports().http())) {
                String head = client.request(method, "/v1/ws", "Content-Length: 0\r\n");
                assertTrue(head.startsWith("HTTP/1.1 426 "), method + ": " + head);
                assertTrue(head.toLowerCase(Locale.ROOT).contains("upgrade: websocket"), head);
            }
        }
    }

    @Test
    void anUpgradeThatIsNoneIsRefusedAndTheServerGoesOn() {
        for (String headers : new String[] {
            "Upgrade: websocket\r\nConnection: Upgrade\r\n",
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 99\r\nSec-WebSocket-Key: eA==\r\n",
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        }) {
            try (RawClient client = RawClient.open(server.ports().http())) {
                String head = client.request("GET", "/v1/ws", headers);
                assertTrue(head.startsWith("HTTP/1.1 4"), head);
            }
        }
        try (RawClient client = RawClient.upgrade(server.ports().http())) {
            client.enter();
        }
    }

    @Test
    void anotherVersionOfTheProtocolIsToldWhichOneIsSpoken() {
        for (String version : new String[] {"8", "12", "14", "x"}) {
            try (RawClient client = RawClient.open(server.ports().http())) {
                String head =
                        client.request("GET", "/v1/ws", upgrade("").replace("Version: 13", "Version: " + version));
                assertTrue(head.startsWith("HTTP/1.1 426 "), head);
                assertTrue(head.toLowerCase(Locale.ROOT).contains("sec-websocket-version: 13"), head);
            }
        }
    }

    @Test
    void aKeyThatIsNoneIsABadRequest() {
        for (String key : new String[] {"", "eA==", "not base64 at all", "dGhlIHNhbXBsZSBub25jZSE="}) {
            try (RawClient client = RawClient.open(server.ports().http())) {
                String head = client.request("GET", "/v1/ws", upgrade("").replace("dGhlIHNhbXBsZSBub25jZQ==", key));
                assertTrue(head.startsWith("HTTP/1.1 400 "), head);
            }
        }
    }

    @Test
    void anUpgradeElsewhereFindsNothing() {
        try (RawClient client = RawClient.open(server.ports().http())) {
            String head = client.request("GET", "/v1/nothing", upgrade(""));
            assertTrue(head.startsWith("HTTP/1.1 404 "), head);
        }
    }

    private static String headOf(String extraHeaders) {
        try (RawClient client = RawClient.open(server.ports().http()).upgraded(extraHeaders)) {
            return client.head().toLowerCase(Locale.ROOT);
        }
    }

    private static String upgrade(String extraHeaders) {
        return "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + extraHeaders;
    }
}
