package io.heliograph.management;

import io.heliograph.protocol.Settings;
import io.heliograph.routing.Health;
import io.heliograph.routing.StateReport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers operators, probes and monitoring on the management port. Everything else gets 404 or 405, with a JSON body. */
public final class ManagementServer {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);
    /** For connections that ask nothing, as on the other port: their number is not bounded here. */
    private static final int IDLE_SECONDS_MAX = 30;

    private static final String JSON = "application/json; charset=utf-8";
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    // Set once.
    private final Vertx vertx;
    private final Settings.Management settings;
    private final ApiGuard guard;
    private final Health health;
    private final StateReport state;
    private final ServerDrain drain;
    private final Supplier<String> metrics;

    // Shared: any thread.
    /** The checks of the start, once they all held. */
    private final AtomicReference<@Nullable SortedMap<String, Boolean>> started = new AtomicReference<>();

    /** {@code metrics} gives all series in Prometheus's text format; it is called on a worker thread. */
    public ManagementServer(
            Vertx vertx,
            Settings.Management settings,
            Settings.Api api,
            Health health,
            StateReport state,
            ServerDrain drain,
            Supplier<String> metrics) {
        this.vertx = vertx;
        this.settings = settings;
        this.guard = new ApiGuard(settings, api);
        this.health = health;
        this.state = state;
        this.drain = drain;
        this.metrics = metrics;
    }

    /** Opens the port and returns its number, or fails with a {@link ListenFailure}. */
    public Future<Integer> start() {
        return vertx.createHttpServer(
                        new HttpServerOptions().setIdleTimeout(IDLE_SECONDS_MAX).setHttp2ClearTextEnabled(false))
                .requestHandler(router())
                .listen(settings.port(), settings.host())
                .map(HttpServer::actualPort)
                .onSuccess(this::logStart)
                .recover(cause ->
                        Future.failedFuture(ListenFailure.of("management", settings.host(), settings.port(), cause)));
    }

    private void logStart(int port) {
        LOG.info("management listening host={} port={}", settings.host(), port);
        if (guard.isClosed()) {
            LOG.info("server api closed host={} missing=api.token", settings.host());
        }
    }

    private Router router() {
        var router = Router.router(vertx);
        route(router, "/metrics").handler(this::answerMetrics);
        route(router, "/startupz").handler(asked -> answerChecks(asked, startChecks()));
        route(router, "/livez")
                .handler(asked -> health.live()
                        .onSuccess(checks -> answerChecks(asked, checks))
                        .onFailure(asked::fail));
        route(router, "/readyz").handler(this::answerReady);
        guarded(route(router, "/state")).handler(this::answerState);
        guarded(router.post("/drain")).handler(ManagementServer::refusePages).handler(this::answerDrain);
        guarded(router.post("/undrain")).handler(ManagementServer::refusePages).handler(this::answerUndrain);
        router.errorHandler(400, asked -> answerError(asked, 400, "bad request"));
        router.errorHandler(404, asked -> answerError(asked, 404, "not found"));
        router.errorHandler(405, asked -> answerError(asked, 405, "method not allowed"));
        router.errorHandler(500, ManagementServer::answerDefect);
        return router;
    }

    private static Route route(Router router, String path) {
        return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
    }

    private Route guarded(Route route) {
        return route.handler(asked -> guard.refusal(asked.request().headers().getAll(HttpHeaders.AUTHORIZATION))
                .ifPresentOrElse(refusal -> refuse(asked, refusal), asked::next));
    }

    private static void refuse(RoutingContext asked, ApiGuard.Refusal refusal) {
        LOG.debug(
                "server api refused path={} from={} cause={}",
                asked.normalizedPath(),
                asked.request().remoteAddress(),
                refusal.text());
        if (refusal.status() == 401) {
            asked.response().putHeader("WWW-Authenticate", ApiGuard.SCHEME);
        }
        answerError(asked, refusal.status(), refusal.text());
    }

    private void answerMetrics(RoutingContext asked) {
        vertx.executeBlocking(metrics::get, false)
                .onSuccess(text -> answer(asked, 200, PROMETHEUS_TEXT, Buffer.buffer(text)))
                .onFailure(asked::fail);
    }

    private void answerState(RoutingContext asked) {
        // With thousands of peers, writing the text takes longer than an event loop should be held.
        state.report()
                .compose(report -> vertx.executeBlocking(report::toBuffer, false))
                .onSuccess(text -> answerJson(asked, 200, text))
                .onFailure(asked::fail);
    }

    private void answerReady(RoutingContext asked) {
        if (drain.isDraining()) {
            drain.report()
                    .onSuccess(report -> answerChecks(asked, health.ready(), new JsonObject().put("drain", report)))
                    .onFailure(asked::fail);
        } else {
            answerChecks(asked, health.ready());
        }
    }

    private void answerDrain(RoutingContext asked) {
        drain.begin()
                .onSuccess(report -> answerJson(asked, 202, report.toBuffer()))
                .onFailure(asked::fail);
    }

    private void answerUndrain(RoutingContext asked) {
        drain.undo()
                .onSuccess(report -> report.ifPresentOrElse(
                        undone -> answerJson(asked, 200, undone.toBuffer()),
                        () -> answerError(asked, 409, "the process stops")))
                .onFailure(asked::fail);
    }

    /** Any page that an operator looks at can have their browser post here; the browser then says from where. */
    private static void refusePages(RoutingContext asked) {
        if (asked.request().headers().contains(HttpHeaders.ORIGIN)) {
            answerError(asked, 403, "forbidden");
        } else {
            asked.next();
        }
    }

    private SortedMap<String, Boolean> startChecks() {
        var all = started.get();
        if (all != null) {
            return all;
        }
        var checks = health.started();
        if (holds(checks)) {
            started.set(checks);
        }
        return checks;
    }

    private static void answerChecks(RoutingContext asked, SortedMap<String, Boolean> checks) {
        answerChecks(asked, checks, new JsonObject());
    }

    private static void answerChecks(RoutingContext asked, SortedMap<String, Boolean> checks, JsonObject more) {
        boolean ok = holds(checks);
        var byName = new JsonObject();
        checks.forEach(byName::put);
        var body = new JsonObject()
                .put("status", ok ? "ok" : "failing")
                .put("checks", byName)
                .mergeIn(more);
        answerJson(asked, ok ? 200 : 503, body.toBuffer());
    }

    private static boolean holds(SortedMap<String, Boolean> checks) {
        return !checks.containsValue(false);
    }

    private static void answerDefect(RoutingContext asked) {
        LOG.error("management request failed path={}", asked.normalizedPath(), asked.failure());
        answerError(asked, 500, "internal");
    }

    private static void answerError(RoutingContext asked, int status, String error) {
        if (!asked.response().ended()) {
            answerJson(asked, status, new JsonObject().put("error", error).toBuffer());
        }
    }

    private static void answerJson(RoutingContext asked, int status, Buffer body) {
        answer(asked, status, JSON, body);
    }

    /** To HEAD, the same without the body. */
    private static void answer(RoutingContext asked, int status, String type, Buffer body) {
        HttpServerResponse response = asked.response()
                .setStatusCode(status)
                .putHeader("Content-Type", type)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Content-Length", Integer.toString(body.length()));
        var unused = asked.request().method().equals(HttpMethod.HEAD) ? response.end() : response.end(body);
    }
}
