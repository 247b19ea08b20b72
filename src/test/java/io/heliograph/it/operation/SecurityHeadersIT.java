package io.heliograph.it.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import io.heliograph.it.harness.TestCertificate;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What answers on the public port tell browsers to forbid. */
class SecurityHeadersIT {
    private static final List<String> EVERYWHERE = List.of(
            "cross-origin-opener-policy: same-origin",
            "cross-origin-resource-policy: same-origin",
            "permissions-policy: camera=(self), microphone=(self), display-capture=(self)",
            "referrer-policy: no-referrer",
            "x-content-type-options: nosniff");

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

    @ParameterizedTest
    @CsvSource({
        "GET, /, 200",
        "HEAD, /, 200",
        "GET, /pair.html, 200",
        "GET, /demo/main.js, 200",
        "GET, /heliograph.js, 200",
        "POST, /, 405",
        "GET, /nothing, 404",
        "GET, /%zz, 400",
        "GET, nothing, 400",
        "GET, /v1/ws, 426",
        "GET, /v1/sockjs/info, 200",
        "POST, /v1/sockjs/000/guarded/xhr, 200",
        "POST, /v1/sockjs/000/nobody/xhr_send, 404",
        "OPTIONS, /v1/sockjs/000/guarded/xhr, 204",
        "GET, /v1/sockjs/nothing, 404"
    })
    void everyAnswerHasThem(String method, String path, int status) {
        String head = head(method, path);
        assertTrue(head.startsWith("http/1.1 " + status + " "), head);
        EVERYWHERE.forEach(line -> assertTrue(head.contains("\r\n" + line + "\r\n"), line + " in " + head));
        List<String> policies = head.lines()
                .filter(line -> line.startsWith("content-security-policy: "))
                .toList();
        assertEquals(1, policies.size(), head);
        assertFalse(head.contains("strict-transport-security"), head);
    }

    @Test
    void pagesAreMadeOfFilesFromHereOnly() {
        String policy = head("GET", "/")
                .lines()
                .filter(line -> line.startsWith("content-security-policy: "))
                .findFirst()
                .orElseThrow();
        List<String> directives =
                Arrays.asList(policy.substring(policy.indexOf(' ') + 1).split("; "));
        for (String wanted : List.of(
                "default-src 'none'",
                "script-src 'self'",
                "base-uri 'none'",
                "form-action 'none'",
                "frame-ancestors 'none'")) {
            assertTrue(directives.contains(wanted), policy);
        }
        for (String hole : List.of("unsafe", "*", "data:", "blob:", "http:", "https:", "ws:")) {
            assertFalse(policy.substring(policy.indexOf(' ')).contains(hole), policy);
        }
    }

    @Test
    void onlyACertificateThatSomebodyVouchesForTellsBrowsersToInsistOnHttps(@TempDir Path folder) {
        TestCertificate.valid().mount(folder);
        assertTrue(headOverTls(Map.of(
                        "HELIOGRAPH_HTTP_TLS", "files",
                        "HELIOGRAPH_HTTP_CERTIFICATE", folder.resolve("tls.crt").toString(),
                        "HELIOGRAPH_HTTP_KEY", folder.resolve("tls.key").toString()))
                .contains("\r\nstrict-transport-security: max-age=2592000\r\n"));
        assertFalse(headOverTls(Map.of("HELIOGRAPH_HTTP_TLS", "self-signed")).contains("strict-transport-security"));
    }

    private static String head(String method, String path) {
        try (RawClient client = RawClient.open(server.ports().http())) {
            return client.request(method, path, "Content-Length: 0\r\n").toLowerCase(Locale.ROOT);
        }
    }

    private static String headOverTls(Map<String, String> environment) {
        try (ServerProcess encrypted = ServerProcess.start(environment);
                RawClient client = RawClient.openTls(encrypted.ports().http())) {
            return client.request("GET", "/", "").toLowerCase(Locale.ROOT);
        }
    }
}
