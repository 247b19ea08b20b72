package io.heliograph.transport;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.Transport;
import io.vertx.ext.web.impl.RoutingContextInternal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SockJS at one node. It takes requests for whatever session, and hands each to the node that owns the session, on whose event
 * loop Vert.x's SockJS then runs: that one is not made to be used by several at once.
 */
final class SockJs {
    static final String PATH = "/v1/sockjs/";

    /** Server part, session, transport. Nothing that is escaped: the session must be the same to all who read the path. */
    private static final Pattern SESSION =
            Pattern.compile(PATH + "[\\w-]{1,64}/([\\w-]{1,64})/(xhr|xhr_streaming|xhr_send|eventsource)");

    private static final String INFO = PATH + "info";
    private static final String SEND = "xhr_send";
    private static final String EVENT_SOURCE = "eventsource";
    /** What Vert.x's SockJS calls the session; a query could give it, too. */
    private static final String SESSION_PARAMETER = "param0";
    /** A client that asks for nothing for so long is gone. */
    private static final int ABSENCE_MILLIS_MAX = 5_000;
    /** Below the idle limit of every proxy on the way. */
    private static final int BEAT_MILLIS_MAX = 25_000;

    // Set once.
    private final Vertx vertx;
    private final Context context;
    private final SockJsNodes nodes;
    private final int frameBytesMax;
    private final Reception reception;
    private final Consumer<Channel> connect;
    private final Router routes;

    // Owned by the node's context.
    private final Map<String, SockJsChannel> channels = new HashMap<>();

    /** For the session that begins while a request is handled. */
    private Optional<Reception.Place> place = Optional.empty();

    /** On the context of the node; there {@code connect} is given the channel of each new session. */
    SockJs(
            Vertx vertx,
            SockJsNodes nodes,
            int heartbeatMillis,
            int frameBytesMax,
            Reception reception,
            Consumer<Channel> connect) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.nodes = nodes;
        this.frameBytesMax = frameBytesMax;
        this.reception = reception;
        this.connect = connect;
        SockJSHandlerOptions options = new SockJSHandlerOptions()
                .setSessionTimeout(ABSENCE_MILLIS_MAX)
                .setHeartbeatInterval(Math.min(heartbeatMillis, BEAT_MILLIS_MAX))
                .setInsertJSESSIONID(false)
                .addDisabledTransport(Transport.WEBSOCKET.name())
                .addDisabledTransport(Transport.JSON_P.name())
                .addDisabledTransport(Transport.HTML_FILE.name());
        this.routes = Router.router(vertx);
        routes.route().handler(request -> {
            // Or SockJS would allow each origin to send its cookies; Origins has said who may.
            ((RoutingContextInternal) request).visitHandler(RoutingContextInternal.CORS_HANDLER);
            request.next();
        });
        routes.route(PATH + "*").subRouter(SockJSHandler.create(vertx, options).socketHandler(this::opened));
        routes.errorHandler(400, Pages::refuseTarget);
        nodes.open(this);
    }

    /** Whether a request has frames in its body. */
    static boolean sends(HttpServerRequest request) {
        Matcher session = SESSION.matcher(request.path());
        return session.matches() && session.group(2).equals(SEND);
    }

    /** Takes a request below {@link #PATH} that came to this node. */
    void handle(HttpServerRequest request) {
        request.response()
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
                // nginx would keep a stream to itself until it is over.
                .putHeader("x-accel-buffering", "no");
        Matcher session = SESSION.matcher(request.path());
        if (request.path().equals(INFO)) {
            if (allows(HttpMethod.GET, request)) {
                routes.handle(request);
            }
        } else if (!session.matches() || namesSession(request)) {
            Pages.refuse(request.response(), 404, "not found");
        } else if (allows(session.group(2).equals(EVENT_SOURCE) ? HttpMethod.GET : HttpMethod.POST, request)) {
            hand(request, session.group(1), session.group(2).equals(SEND));
        }
    }

    /** Whether its query names one; so does a query that cannot be read. */
    private static boolean namesSession(HttpServerRequest request) {
        try {
            return request.params().contains(SESSION_PARAMETER);
        } catch (IllegalArgumentException malformed) {
            return true;
        }
    }

    private void hand(HttpServerRequest request, String session, boolean sends) {
        if (sends) {
            request.pause();
        }
        Context here = vertx.getOrCreateContext();
        nodes.ownerOf(session)
                .ifPresentOrElse(
                        owner -> owner.context.runOnContext(there -> {
                            if (sends) {
                                owner.send(session, new SockJsUpload(request, here, owner.context));
                            } else {
                                owner.receive(session, request);
                            }
                        }),
                        () -> Pages.refuse(request.response(), 503, "expected: a node that has started"));
    }

    private void send(String session, SockJsUpload upload) {
        SockJsChannel channel = channels.get(session);
        if (channel == null) {
            upload.answer(404, "");
        } else {
            channel.accept(upload);
        }
    }

    private void receive(String session, HttpServerRequest request) {
        HttpServerResponse response = request.response();
        if (!channels.containsKey(session)) {
            place = reception.admit(request);
            if (place.isEmpty()) {
                return;
            }
        }
        if (request.version() == HttpVersion.HTTP_1_1) {
            // SockJS closes the connection after the answer: without this header the client might use it again just
            // then.
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        routes.handle(request);
        place.ifPresent(Reception.Place::free);
        place = Optional.empty();
        if (!response.ended()) {
            follow(response, channels.get(session));
        }
    }

    /** Notices that the client has gone; in place of SockJS, which would act on the request's event loop. */
    private void follow(HttpServerResponse response, @Nullable SockJsChannel channel) {
        if (channel == null) {
            return;
        }
        Handler<Void> gone = closed -> {
            try {
                context.runOnContext(here -> channel.forsake());
            } catch (RejectedExecutionException stopped) {
                // The connection outlived the node in a process that ends, and so the session.
            }
        };
        response.closeHandler(gone);
        if (response.closed()) {
            gone.handle(null);
        }
    }

    private void opened(SockJSSocket socket) {
        String session =
                Objects.requireNonNull(socket.routingContext().request().getParam(SESSION_PARAMETER));
        Reception.Place taken = place.orElseThrow();
        place = Optional.empty();
        SockJsChannel channel = new SockJsChannel(vertx, context, socket, frameBytesMax, () -> {
            channels.remove(session);
            taken.free();
        });
        channels.put(session, channel);
        connect.accept(channel);
    }

    private static boolean allows(HttpMethod method, HttpServerRequest request) {
        if (request.method().equals(method)) {
            return true;
        }
        String allowed = method + ", OPTIONS";
        HttpServerResponse response = request.response();
        if (request.method().equals(HttpMethod.OPTIONS)) {
            response.putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, allowed)
                    .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, "content-type")
                    .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, "86400")
                    .setStatusCode(204)
                    .end();
        } else {
            response.putHeader(HttpHeaders.ALLOW, allowed);
            Pages.refuse(response, 405, "expected: " + method);
        }
        return false;
    }
}
