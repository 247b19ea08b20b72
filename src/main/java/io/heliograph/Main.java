package io.heliograph;

import io.heliograph.auth.AuthFailure;
import io.heliograph.auth.Authenticator;
import io.heliograph.auth.JwtAuthenticator;
import io.heliograph.auth.TrialToken;
import io.heliograph.auth.WebhookAuthenticator;
import io.heliograph.cluster.BusFailure;
import io.heliograph.cluster.BusLink;
import io.heliograph.cluster.BusTls;
import io.heliograph.cluster.Discovery;
import io.heliograph.cluster.HazelcastConfiguration;
import io.heliograph.cluster.MapDirectory;
import io.heliograph.cluster.Membership;
import io.heliograph.cluster.Membership.ServerProcess;
import io.heliograph.cluster.Sweeper;
import io.heliograph.config.Configuration;
import io.heliograph.config.Exposure;
import io.heliograph.config.JoinRefusal;
import io.heliograph.config.Logging;
import io.heliograph.config.OpenFiles;
import io.heliograph.dialect.v1.Codec;
import io.heliograph.ice.IceIssuer;
import io.heliograph.management.ListenFailure;
import io.heliograph.management.ManagementServer;
import io.heliograph.management.ServerDrain;
import io.heliograph.management.ServerHealth;
import io.heliograph.metrics.Metrics;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Settings;
import io.heliograph.routing.Directory;
import io.heliograph.routing.LoopbackDirectory;
import io.heliograph.routing.LoopbackLink;
import io.heliograph.routing.NodeLink;
import io.heliograph.routing.Router;
import io.heliograph.routing.StateWriter;
import io.heliograph.session.Sessions;
import io.heliograph.tracing.Tracing;
import io.heliograph.transport.CertificateFailure;
import io.heliograph.transport.CertificateSource;
import io.heliograph.transport.Intake;
import io.heliograph.transport.ServerCertificate;
import io.heliograph.transport.SignalingVerticle;
import io.heliograph.transport.SockJsNodes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.spi.cluster.ClusterManager;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.Security;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration, starts Vert.x alone or clustered, wires and deploys the nodes, and stops them in order. */
public final class Main {
    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final int START_SECONDS_MAX = 55;
    /** After the drain. */
    private static final int LEAVE_SECONDS_MAX = 25;

    private static final int USAGE_EXIT = 2;
    private static final int PROCESS_ID_LENGTH = 8;

    /** What Vert.x, Hazelcast and the JDK read once, before anything else. */
    private static final Map<String, String> SYSTEM_PROPERTIES = Map.of(
            "vertx.logger-delegate-factory-class-name", "io.vertx.core.logging.SLF4JLogDelegateFactory",
            "hazelcast.logging.type", "slf4j",
            // On a small machine a common pool of one thread would start a new thread for every asynchronous map
            // operation.
            "java.util.concurrent.ForkJoinPool.common.parallelism", "4",
            // No browser asks for it, and each time costs the server a handshake.
            "jdk.tls.rejectClientInitiatedRenegotiation", "true");
    /** A headless service's answers change with every pod. */
    private static final String DNS_CACHE_SECONDS = "2";

    private final Settings settings;
    private final Optional<CertificateSource> certificates;
    private final Function<Vertx, Authenticator> authenticators;
    private final Metrics metrics;
    private final ServerProcess self;
    private final Tracing tracing;
    private final List<SignalingVerticle> nodes = new ArrayList<>();
    private final List<String> deployments = new ArrayList<>();

    private Main(Settings settings, Optional<CertificateSource> certificates) {
        this.settings = settings;
        this.certificates = certificates;
        this.metrics = new Metrics();
        this.authenticators = authenticators(settings.auth(), metrics.facts());
        this.self = new ServerProcess(
                UUID.randomUUID().toString().substring(0, PROCESS_ID_LENGTH),
                settings.instances(),
                settings.cluster().address());
        this.tracing = Tracing.of(settings.tracing(), self.id(), version());
    }

    /**
     * Runs a server until it is told to stop by SIGTERM or SIGINT; exits with 1 where it cannot start. Where the first argument is
     * {@code token}, it prints one for trying out instead.
     */
    public static void main(String[] arguments) {
        SYSTEM_PROPERTIES.forEach((key, value) -> System.setProperty(key, System.getProperty(key, value)));
        Security.setProperty("networkaddress.cache.ttl", DNS_CACHE_SECONDS);
        try {
            if (arguments.length > 0) {
                answer(List.of(arguments));
                return;
            }
            prepare().start();
        } catch (ListenFailure
                | CertificateFailure
                | AuthFailure
                | BusFailure
                | ExecutionException
                | TimeoutException
                | InterruptedException failure) {
            LOG.error("start failed cause={}", rootMessage(failure));
            System.exit(1);
        }
    }

    private static void answer(List<String> arguments)
            throws ExecutionException, TimeoutException, InterruptedException {
        try {
            if (!arguments.get(0).equals("token")) {
                throw new IllegalArgumentException(arguments.get(0) + ": unknown (expected: token, or nothing)");
            }
            TrialToken token = TrialToken.parse(arguments.subList(1, arguments.size()));
            System.out.println(token.sign(tokenSettings(), InstantSource.system()));
        } catch (IllegalArgumentException mistake) {
            System.err.println(mistake.getMessage());
            System.err.println(TrialToken.USAGE);
            System.exit(USAGE_EXIT);
        }
    }

    private static Settings.Auth.Jwt tokenSettings() throws ExecutionException, TimeoutException, InterruptedException {
        Vertx reader = reader();
        try {
            Settings settings = await(Configuration.load(reader)).settings();
            if (settings.auth() instanceof Settings.Auth.Jwt jwt
                    && !jwt.secrets().isEmpty()) {
                return jwt;
            }
            throw new ExecutionException(
                    new IllegalStateException("auth.jwt.secret: none (expected: the server's, with auth.mode jwt)"));
        } finally {
            await(reader.close());
        }
    }

    private static Vertx reader() throws ExecutionException {
        try {
            return Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
        } catch (IllegalStateException noFolder) {
            throw new ExecutionException(noFolder.getMessage() + " (expected: a java.io.tmpdir to write to)", null);
        }
    }

    /** Reads all that it depends on, before anybody else hears of this process. */
    private static Main prepare() throws ExecutionException, TimeoutException, InterruptedException {
        Vertx reader = reader();
        try {
            Configuration configuration = await(Configuration.load(reader));
            Settings settings = configuration.settings();
            Logging.apply(settings.log());
            configuration.log();
            settings.cluster()
                    .busTls()
                    .filter(files -> settings.cluster().enabled())
                    .ifPresent(files -> BusTls.check(reader, files));
            Main main = new Main(settings, CertificateSource.of(reader, settings.http()));
            main.metrics.describe(version(), configuration.hash());
            return main;
        } finally {
            await(reader.close());
        }
    }

    /** Reads keys at once, so that nobody hears of a process that has none; the rest needs Vert.x. */
    private static Function<Vertx, Authenticator> authenticators(Settings.Auth auth, Facts facts) {
        InstantSource clock = InstantSource.system();
        if (auth instanceof Settings.Auth.Webhook webhook) {
            return vertx -> new WebhookAuthenticator(vertx, webhook, clock, facts);
        }
        return auth instanceof Settings.Auth.Jwt jwt ? JwtAuthenticator.of(jwt, clock) : vertx -> Authenticator.open();
    }

    private void start() throws ExecutionException, TimeoutException, InterruptedException {
        Settings.Cluster cluster = settings.cluster();
        Optional<ClusterManager> manager =
                cluster.enabled() ? Optional.of(HazelcastConfiguration.manager(cluster)) : Optional.empty();
        if (cluster.enabled()) {
            requireFree("cluster", cluster.host(), cluster.port());
            requireFree("cluster.bus", cluster.host(), cluster.busPort());
        }
        Vertx vertx = join(manager);
        try {
            start(vertx, manager);
        } catch (ExecutionException | TimeoutException | InterruptedException failure) {
            await(vertx.close());
            throw failure;
        }
    }

    private Vertx join(Optional<ClusterManager> manager)
            throws ExecutionException, TimeoutException, InterruptedException {
        try (JoinRefusal refusal = JoinRefusal.await()) {
            try {
                return await(open(manager));
            } catch (ExecutionException | TimeoutException failure) {
                if (refusal.reason().isPresent()) {
                    throw new ExecutionException("cluster: " + refusal.reason().get(), null);
                }
                if (failure instanceof ExecutionException defect) {
                    throw defect;
                }
                throw new TimeoutException("cluster: not taken in within " + START_SECONDS_MAX
                        + " s (expected: members that answer, of the same minor version of Hazelcast)");
            }
        }
    }

    private void start(Vertx vertx, Optional<ClusterManager> manager)
            throws ExecutionException, TimeoutException, InterruptedException {
        Settings.Cluster cluster = settings.cluster();
        BusLink.prepare(vertx);
        Membership membership = new Membership(vertx, self, manager);
        await(membership.open());
        Discovery discovery = new Discovery(vertx, cluster, membership);
        if (cluster.enabled()) {
            discovery.open();
            new Sweeper(
                            membership,
                            await(MapDirectory.open(vertx)),
                            settings.session().windowSeconds())
                    .open();
        }
        metrics.clusterNodes(() -> membership.processes().size());
        ServerDrain drain = new ServerDrain(
                vertx, settings.drain(), () -> membership.processes().size() > 1);
        metrics.draining(drain::isDraining);
        ServerHealth health = new ServerHealth(() -> !cluster.enabled() || discovery.isSettled(), drain::isDraining);
        Directory first = deployAll(vertx, membership, drain);
        nodes.forEach(node -> health.watch(node.eventLoop()));
        metrics.outboxAge(() -> nodes.stream()
                .mapToLong(SignalingVerticle::outboxAgeNanos)
                .max()
                .orElse(0));
        ManagementServer management = new ManagementServer(
                vertx,
                settings.management(),
                settings.api(),
                health,
                () -> report(first, membership, drain),
                drain,
                metrics::scrape);
        int managementPort = await(management.start());
        health.listening();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(vertx, membership, drain), "stop"));
        Exposure.warn(settings);
        OpenFiles.warn(settings);
        LOG.info(
                "started process={} version={} instances={} host={} port={}",
                self.id(),
                version(),
                settings.instances(),
                settings.http().host(),
                nodes.get(0).port());
        certificates.ifPresent(source -> source.listening(vertx, nodes.get(0).port(), this::renew));
        System.out.println("ready http=" + nodes.get(0).port() + " management=" + managementPort + " cluster="
                + (settings.cluster().enabled() ? settings.cluster().port() : "off"));
    }

    private Future<Vertx> open(Optional<ClusterManager> manager) {
        VertxOptions options = new VertxOptions()
                .setMetricsOptions(metrics.options(settings.http().proxies().announce()));
        if (manager.isPresent()) {
            options.setEventBusOptions(HazelcastConfiguration.bus(settings.cluster(), self));
        }
        VertxBuilder builder = Vertx.builder().with(options).withMetrics(metrics.vertxMetrics());
        return manager.map(found -> builder.withClusterManager(found).buildClustered())
                .orElseGet(() -> Future.succeededFuture(builder.build()));
    }

    /** A process that is one node and no cluster keeps its directory to itself; answers that of the first node. */
    private Directory deployAll(Vertx vertx, Membership membership, ServerDrain drain)
            throws ExecutionException, TimeoutException, InterruptedException {
        boolean alone = settings.instances() == 1 && !settings.cluster().enabled();
        InstantSource clock = InstantSource.system();
        IceIssuer ice = new IceIssuer(settings.ice(), clock);
        Authenticator authenticator = authenticators.apply(vertx);
        List<Directory> directories = new ArrayList<>();
        SockJsNodes sockJsNodes = new SockJsNodes(settings.instances());
        Intake intake = new Intake(settings.limits().intake());
        for (NodeId id : self.nodes()) {
            Directory directory = alone ? new LoopbackDirectory() : await(MapDirectory.open(vertx));
            NodeLink link = alone ? new LoopbackLink(id) : new BusLink(vertx, id, membership);
            Router router = new Router(
                    directory,
                    link,
                    settings.limits(),
                    settings.calls().ringSeconds(),
                    settings.session().windowSeconds(),
                    clock,
                    metrics.facts(),
                    tracing.traces());
            Sessions sessions = new Sessions(
                    vertx,
                    router,
                    authenticator,
                    clock,
                    ice,
                    settings.session().heartbeatMillis(),
                    settings.limits(),
                    metrics.facts());
            SignalingVerticle node = new SignalingVerticle(
                    settings,
                    sessions,
                    settings.auth() instanceof Settings.Auth.Open ? Codec.withoutTokens() : Codec.withTokens(),
                    sockJsNodes,
                    intake,
                    certificates.map(CertificateSource::first),
                    metrics.facts());
            directories.add(directory);
            nodes.add(node);
            deployments.add(await(vertx.deployVerticle(node).recover(this::explain)));
            drain.include(node.eventLoop(), sessions);
        }
        return directories.get(0);
    }

    /** Hazelcast and Vert.x would tell of a taken port in a dozen lines, and not which setting it is. */
    private static void requireFree(String section, String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException taken) {
            throw ListenFailure.of(section, host, port, taken);
        }
    }

    private <T> Future<T> explain(Throwable failure) {
        Settings.Http http = settings.http();
        return Future.failedFuture(
                failure instanceof IOException ? ListenFailure.of("http", http.host(), http.port(), failure) : failure);
    }

    /** One node after the other: they share a port, and two updates of it at once would overflow the stack of Vert.x. */
    private Future<?> renew(ServerCertificate certificate) {
        Future<?> renewed = Future.succeededFuture();
        for (SignalingVerticle node : nodes) {
            renewed = renewed.compose(done -> node.renew(certificate));
        }
        return renewed;
    }

    private Future<JsonObject> report(Directory directory, Membership membership, ServerDrain drain) {
        List<Future<JsonObject>> reports =
                nodes.stream().map(SignalingVerticle::report).toList();
        Future<JsonObject> drained = drain.report();
        return Future.all(reports)
                .compose(all -> drained)
                .compose(all -> nodes.get(0).here(() -> StateWriter.write(directory)))
                .map(held -> {
                    JsonArray processes = new JsonArray();
                    membership.processes().stream()
                            .map(ServerProcess::id)
                            .sorted()
                            .forEach(processes::add);
                    JsonArray states = new JsonArray();
                    reports.forEach(report -> states.add(report.result()));
                    return new JsonObject()
                            .put("process", self.id())
                            .put("processes", processes)
                            .put("drain", drained.result())
                            .put("nodes", states)
                            .put("directory", held);
                });
    }

    private void stop(Vertx vertx, Membership membership, ServerDrain drain) {
        LOG.info("stopping process={}", self.id());
        try {
            drain.finish()
                    .compose(drained -> Future.join(
                            deployments.stream().map(vertx::undeploy).toList()))
                    .otherwiseEmpty()
                    .compose(gone -> {
                        membership.close();
                        return Future.join(vertx.close(), tracing.close());
                    })
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(settings.drain().totalSeconds() + LEAVE_SECONDS_MAX, TimeUnit.SECONDS);
            LOG.info("stopped process={}", self.id());
        } catch (ExecutionException | TimeoutException | InterruptedException failure) {
            LOG.warn("stopped in disorder process={} cause={}", self.id(), failure.toString());
        }
    }

    private static String version() {
        return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                .orElse("unknown");
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage() == null ? root.toString() : root.getMessage();
    }

    private static <T> T await(Future<T> future) throws ExecutionException, TimeoutException, InterruptedException {
        return future.toCompletionStage().toCompletableFuture().get(START_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
