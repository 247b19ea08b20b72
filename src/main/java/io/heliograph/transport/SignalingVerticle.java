package io.heliograph.transport;

import io.heliograph.dialect.Dialect;
import io.heliograph.protocol.ConnectionRefusal;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Settings;
import io.heliograph.session.Sessions;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One node: takes connections on the public port and owns, on one event loop, all that belongs to them. */
public final class SignalingVerticle extends VerticleBase {
    private static final String WEBSOCKET_PATH = "/v1/ws";
    private static final Set<String> TLS_VERSIONS = Set.of("TLSv1.2", "TLSv1.3");
    /** Those of TLS 1.3, and those that RFC 9325, section 4.2, recommends for 1.2, with ChaCha20 (RFC 7905). */
    private static final List<String> TLS_CIPHER_SUITES = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    private static final int IDLE_MILLIS_MIN = 30_000;
    private static final int SEND_BUFFER_BYTES = 256 << 10;
    private static final String WEBSOCKET_VERSION = "13";
    private static final int WEBSOCKET_KEY_BYTES = 16;
    private static final String SUBPROTOCOL = "heliograph.v1";
    /** Vert.x lets several servers share one free port where its number is negative. */
    private static final int ANY_SHARED_PORT = -1;

    private static final int OUTBOXES_LOOK_MILLIS = 1_000;

    // Set once.
    private final Settings settings;
    private final Sessions sessions;
    private final SharedEncoding v1;
    private final SockJsNodes sockJsNodes;
    private final Intake intake;
    private final Optional<ServerCertificate> certificate;
    private final Facts facts;

    // Owned by the node's context.
    private final Set<Connection> connections = new HashSet<>();
    private @Nullable HttpServer server;

    // Shared: any thread.
    private volatile long outboxAgeNanos;

    /**
     * Not deployed yet.
     *
     * @param sockJsNodes one for all nodes of a process
     * @param intake likewise
     * @param certificate what clients are shown, where they are to come by https
     */
    public SignalingVerticle(
            Settings settings,
            Sessions sessions,
            Dialect v1,
            SockJsNodes sockJsNodes,
            Intake intake,
            Optional<ServerCertificate> certificate,
            Facts facts) {
        this.settings = settings;
        this.sessions = sessions;
        this.v1 = new SharedEncoding(v1);
        this.sockJsNodes = sockJsNodes;
        this.intake = intake;
        this.certificate = certificate;
        this.facts = facts;
    }

    /** The node's view of the world, for {@code /state}; from any context. */
    public Future<JsonObject> report() {
        return here(() -> Future.succeededFuture(sessions.report()));
    }

    /** Runs {@code question} on the context of this node; from any context. */
    public <T> Future<T> here(Supplier<Future<T>> question) {
        Promise<T> answer = Promise.promise();
        context.runOnContext(here -> question.get().onComplete(answer));
        return answer.future();
    }

    /** The event loop on which this node lives; after its start. */
    public Context eventLoop() {
        return context;
    }

    /** The port it listens on; after its start. */
    public int port() {
        return Objects.requireNonNull(server).actualPort();
    }

    /**
     * How long the longest waiting of all frames has waited for its client to read it, as of the last second; 0 where none waits.
     * From any thread.
     */
    public long outboxAgeNanos() {
        return outboxAgeNanos;
    }

    /** Shows {@code renewed} to those who connect from now on; the connections there are stay as they are. From any context. */
    public Future<?> renew(ServerCertificate renewed) {
        return here(() -> Future.succeededFuture(Objects.requireNonNull(server))
                .compose(listening -> listening.updateSSLOptions(
                        encrypt(new HttpServerOptions(), renewed).getSslOptions())));
    }

    @Override
    public Future<?> start() {
        int port = settings.http().port();
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.http().host())
                .setPort(port == 0 ? ANY_SHARED_PORT : port)
                .addWebSocketSubProtocol(SUBPROTOCOL)
                .setUseProxyProtocol(settings.http().proxies().announce())
                .setHttp2ClearTextEnabled(false)
                // For connections that ask nothing: a WebSocket is never idle for two heartbeats, since it is pinged.
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setIdleTimeout(Math.max(IDLE_MILLIS_MIN, 2 * settings.session().heartbeatMillis()))
                // Linux would let it grow to 4 MiB for each client that does not read, beside the outbox.
                .setSendBufferSize(SEND_BUFFER_BYTES)
                .setMaxWebSocketFrameSize(settings.limits().frameBytes())
                // A few compressed bytes could unfold into a whole frame, and each connection would keep a dictionary.
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false);
        certificate.ifPresent(shown -> encrypt(options, shown));
        Router routes = Router.router(vertx);
        routes.route().handler(new Pages(vertx));
        // What Vert.x Web refuses by itself: a target that is empty, or does not begin with a slash.
        routes.errorHandler(400, Pages::refuseTarget).errorHandler(404, Pages::refuseTarget);
        Reception reception = new Reception(vertx, intake, settings, sessions::admit, facts);
        SockJs fallback = new SockJs(
                vertx,
                sockJsNodes,
                settings.session().heartbeatMillis(),
                settings.limits().frameBytes(),
                reception,
                this::connect);
        Origins origins = new Origins(settings.http().origins());
        MultiMap security = SecurityHeaders.of(settings.http().tls());
        // Upgrades go past Vert.x Web, which would wrap the socket and hide its pipeline from the guard.
        HttpServer created = vertx.createHttpServer(options)
                .connectionHandler(reception::connected)
                .requestHandler(request -> {
                    reception.heard(request);
                    request.response().headers().addAll(security);
                    if (RequestBody.isAnnounced(request) && !SockJs.sends(request)) {
                        RequestBody.refuse(request);
                    } else if (request.path().equals(WEBSOCKET_PATH)) {
                        if (origins.admit(request)) {
                            upgrade(request, reception);
                        } else {
                            facts.connectionRefused(ConnectionRefusal.ORIGIN);
                        }
                    } else if (request.path().startsWith(SockJs.PATH)) {
                        if (origins.admit(request)) {
                            fallback.handle(request);
                        } else {
                            facts.connectionRefused(ConnectionRefusal.ORIGIN);
                        }
                    } else {
                        routes.handle(request);
                    }
                });
        server = created;
        vertx.setPeriodic(OUTBOXES_LOOK_MILLIS, timer -> lookAtOutboxes());
        return sessions.open().compose(opened -> created.listen());
    }

    /** Ends every connection with 1012; completes when those concerned know what became of its peers. */
    @Override
    public Future<?> stop() {
        List<Future<Void>> gone = connections.stream().map(Connection::gone).toList();
        sessions.close(0);
        return Future.join(gone).transform(closed -> sessions.end());
    }

    private void lookAtOutboxes() {
        long now = System.nanoTime();
        outboxAgeNanos = connections.stream()
                .mapToLong(connection -> connection.outboxAgeNanos(now))
                .max()
                .orElse(0);
    }

    private static HttpServerOptions encrypt(HttpServerOptions options, ServerCertificate shown) {
        TLS_CIPHER_SUITES.forEach(options::addEnabledCipherSuite);
        return options.setSsl(true)
                .setKeyCertOptions(shown.keys())
                .setEnabledSecureTransportProtocols(TLS_VERSIONS)
                // HTTP/1.1 only: there a WebSocket has its connection, and its frames, to itself.
                .setUseAlpn(false);
    }

    private void upgrade(HttpServerRequest request, Reception reception) {
        if (!"websocket".equalsIgnoreCase(request.getHeader(HttpHeaders.UPGRADE))
                || !WEBSOCKET_VERSION.equals(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION))) {
            request.response()
                    .setStatusCode(426)
                    .putHeader(HttpHeaders.UPGRADE, "websocket")
                    .putHeader(HttpHeaders.CONNECTION, "upgrade")
                    .putHeader(HttpHeaderNames.SEC_WEBSOCKET_VERSION, WEBSOCKET_VERSION)
                    .end("expected: a WebSocket upgrade, version " + WEBSOCKET_VERSION + "\n");
        } else if (!isKey(request.getHeader(HttpHeaderNames.SEC_WEBSOCKET_KEY))) {
            request.response().setStatusCode(400).end("expected: a Sec-WebSocket-Key of 16 bytes in Base64\n");
        } else {
            reception
                    .admit(request)
                    .ifPresent(place -> request.toWebSocket()
                            .onFailure(broken -> place.free())
                            .onSuccess(socket -> connect(new WebSocketChannel(
                                            vertx, socket, settings.limits().frameBytes()))
                                    .onComplete(gone -> place.free())));
        }
    }

    /** RFC 6455, section 4.2.1; Vert.x takes anything. */
    private static boolean isKey(@Nullable String key) {
        try {
            return key != null && Base64.getDecoder().decode(key).length == WEBSOCKET_KEY_BYTES;
        } catch (IllegalArgumentException noBase64) {
            return false;
        }
    }

    private Future<Void> connect(Channel channel) {
        Connection connection = new Connection(
                vertx,
                channel,
                v1,
                settings.session().heartbeatMillis(),
                settings.limits(),
                facts,
                outlet -> sessions.greet(outlet, v1.dialect().name()));
        connections.add(connection);
        return connection.gone().onComplete(gone -> connections.remove(connection));
    }
}
