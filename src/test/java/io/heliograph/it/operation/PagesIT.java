package io.heliograph.it.operation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.it.harness.RawClient;
import io.heliograph.it.harness.ServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and the client library, as browsers fetch them. */
class PagesIT {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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
    void theDemoPageIsServedFromTheJar() throws Exception {
        HttpResponse<String> page = get("/");
        assertEquals(200, page.statusCode());
        assertEquals("text/html;charset=utf-8", header(page, "content-type"));
        assertTrue(page.body().contains("<html"), page.body());
    }

    @Test
    void theLibraryMayBeImportedFromAnywhere() throws Exception {
        HttpResponse<String> library = get("/heliograph.js");
        assertEquals(200, library.statusCode());
        assertEquals("*", header(library, "access-control-allow-origin"));
        assertTrue(header(library, "content-type").startsWith("text/javascript"), header(library, "content-type"));
        assertEquals("nosniff", header(library, "x-content-type-options"));
        assertTrue(library.body().contains("export"), library.body());
    }

    @Test
    void whatHasNotChangedIsNotSentAgain() throws Exception {
        String tag = header(get("/heliograph.js"), "etag");
        assertTrue(tag.matches("(W/)?\"[^\"]+\""), tag);
        HttpResponse<String> again = send("GET", "/heliograph.js", "If-None-Match", tag);
        assertEquals(304, again.statusCode());
        assertEquals("", again.body());
        assertEquals(tag, header(again, "etag"));
        assertEquals("*", header(again, "access-control-allow-origin"));
        HttpResponse<String> listed = send("GET", "/heliograph.js", "If-None-Match", "\"other\", " + tag);
        assertEquals(304, listed.statusCode());
        HttpResponse<String> other = send("GET", "/heliograph.js", "If-None-Match", "\"other\"");
        assertEquals(200, other.statusCode());
    }

    @Test
    void headIsAnsweredLikeGetWithoutTheBody() throws Exception {
        HttpResponse<String> get = get("/heliograph.js");
        HttpResponse<String> head = send("HEAD", "/heliograph.js", "Accept", "*/*");
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
        assertEquals(header(get, "content-length"), header(head, "content-length"));
        assertEquals(header(get, "etag"), header(head, "etag"));
        assertEquals(404, send("HEAD", "/nothing", "Accept", "*/*").statusCode());
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "BREW"})
    void otherMethodsAreAnswered405(String method) throws Exception {
        HttpResponse<String> answer = send(method, "/heliograph.js", "Accept", "*/*");
        assertEquals(405, answer.statusCode());
        assertEquals("GET, HEAD", header(answer, "allow"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/nothing",
                "/../conf/heliograph.yaml",
                "/..%2fconf/heliograph.yaml",
                "/%2e%2e/conf/heliograph.yaml",
                "/%2e%2e%2fconf%2fheliograph.yaml",
                "/..%5cconf%5cheliograph.yaml",
                "/demo/../../conf/heliograph.yaml",
                "/demo/%2e%2e/%2e%2e/secret.txt",
                "//etc/passwd",
                "/....//....//etc/passwd",
                "/heliograph.js%00.txt",
                "/%00",
                "/.git/config",
                "/demo",
                "/demo/",
                "/heliograph.js/",
                "/META-INF/MANIFEST.MF",
                "/io/heliograph/Main.class",
                "/%c0%ae%c0%ae/conf/heliograph.yaml"
            })
    void whatIsNoPageIsAnswered404(String path) throws Exception {
        try (RawClient client = RawClient.open(server.ports().http())) {
            String head = client.request("GET", path, "");
            assertTrue(head.startsWith("HTTP/1.1 404 "), head);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%zz", "/%e2%82", "/a%2", "*", "nothing"})
    void aTargetThatIsNoPathDoesNoHarm(String path) throws Exception {
        try (RawClient client = RawClient.open(server.ports().http())) {
            String head = client.request("GET", path, "");
            assertTrue(head.startsWith("HTTP/1.1 4"), head);
        }
        assertEquals(200, get("/").statusCode());
    }

    @Test
    void aDirectoryOfOnesOwnWinsOverTheJar(@TempDir Path directory) throws Exception {
        Path pages = Files.createDirectories(directory.resolve("webroot"));
        Files.writeString(pages.resolve("index.html"), "<html>ours</html>");
        Files.writeString(directory.resolve("secret.txt"), "not for everybody");
        try (ServerProcess own = ServerProcess.launch(directory, Map.of())) {
            int port = own.awaitReady().http();
            assertEquals(
                    "<html>ours</html>", send(port, "GET", "/", "Accept", "*/*").body());
            assertEquals(
                    get("/heliograph.js").body(),
                    send(port, "GET", "/heliograph.js", "Accept", "*/*").body());
            try (RawClient client = RawClient.open(port)) {
                String head = client.request("GET", "/../secret.txt", "");
                assertTrue(head.startsWith("HTTP/1.1 404 "), head);
            }
            Files.writeString(pages.resolve("index.html"), "<html>changed</html>");
            assertEquals(
                    "<html>changed</html>",
                    send(port, "GET", "/", "Accept", "*/*").body());
        }
    }

    private static HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send("GET", path, "Accept", "*/*");
    }

    private static HttpResponse<String> send(String method, String path, String name, String value)
            throws IOException, InterruptedException {
        return send(server.ports().http(), method, path, name, value);
    }

    private static HttpResponse<String> send(int port, String method, String path, String name, String value)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, BodyPublishers.noBody())
                .header(name, value)
                .build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("(none)");
    }
}
