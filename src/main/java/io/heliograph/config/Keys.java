package io.heliograph.config;

import static io.heliograph.protocol.Settings.Auth.Webhook.TIMEOUT_MILLIS_MAX;
import static io.heliograph.protocol.Settings.Auth.Webhook.TIMEOUT_MILLIS_MIN;
import static io.heliograph.protocol.Settings.Ice.Turn.Timed.TTL_SECONDS_MAX;
import static io.heliograph.protocol.Settings.Ice.Turn.Timed.TTL_SECONDS_MIN;
import static io.heliograph.protocol.Settings.Session.HEARTBEAT_MILLIS_MAX;
import static io.heliograph.protocol.Settings.Session.HEARTBEAT_MILLIS_MIN;

import io.heliograph.protocol.ForwardedBy;
import io.heliograph.protocol.Network;
import io.heliograph.protocol.Origin;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Settings.LogFormat;
import io.heliograph.protocol.Settings.LogLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;

/** The table of keys, and the only place that knows them. {@code conf/heliograph.yaml} says the same for people. */
final class Keys {
    static final String ENVIRONMENT_PREFIX = "HELIOGRAPH_";
    static final String PROPERTY_PREFIX = "heliograph.";
    /** Names the operator's own file; in the environment and as a system property, not in a file. */
    static final String CONFIG = "config";

    static final Key<Integer> INSTANCES = new Key<>("instances", "0", Kind.number(0, Settings.INSTANCES_MAX, ""));

    static final Key<String> HTTP_HOST = new Key<>("http.host", "0.0.0.0", Kind.host());
    static final Key<Integer> HTTP_PORT = new Key<>("http.port", "8080", Kind.port());

    static final Key<String> HTTP_TLS =
            new Key<>("http.tls", "off", Kind.oneOf(List.of("off", "self-signed", "files"), Function.identity()));
    static final Key<String> HTTP_CERTIFICATE = new Key<>("http.certificate", "", Kind.fileOrNothing());
    static final Key<String> HTTP_KEY = new Key<>("http.key", "", Kind.fileOrNothing());
    static final Key<List<Origin>> HTTP_ORIGINS = new Key<>("http.origins", "", Kind.origins());
    static final Key<ForwardedBy> HTTP_FORWARDED =
            new Key<>("http.forwarded", "nothing", Kind.oneOf(List.of(ForwardedBy.values()), ForwardedBy::label));
    static final Key<List<Network>> HTTP_PROXIES =
            new Key<>("http.proxies", "", Kind.networks(Settings.Proxies.NETWORKS_MAX));

    static final Key<String> AUTH_MODE =
            new Key<>("auth.mode", "open", Kind.oneOf(List.of("open", "jwt", "webhook"), Function.identity()));
    static final Key<List<Secret>> AUTH_JWT_SECRET =
            new Key<>("auth.jwt.secret", "", Kind.secrets(Settings.Auth.Jwt.SECRET_BYTES_MIN));
    static final Key<List<Path>> AUTH_JWT_KEYS = new Key<>("auth.jwt.keys", "", Kind.files(Settings.Auth.Jwt.KEYS_MAX));
    static final Key<String> AUTH_JWT_JWKS = new Key<>("auth.jwt.jwks", "", Kind.webAddressOrNothing());
    static final Key<String> AUTH_JWT_ISSUER = new Key<>("auth.jwt.issuer", "", Kind.textOrNothing());
    static final Key<String> AUTH_JWT_AUDIENCE = new Key<>("auth.jwt.audience", "", Kind.textOrNothing());
    static final GrantKeys AUTH_JWT_DEFAULTS = GrantKeys.below("auth.jwt.defaults");
    static final Key<String> AUTH_WEBHOOK_URL = new Key<>("auth.webhook.url", "", Kind.webAddressOrNothing());
    static final Key<Secret> AUTH_WEBHOOK_SECRET = new Key<>("auth.webhook.secret", "", Kind.tokenOrNothing());
    static final Key<Integer> AUTH_WEBHOOK_TIMEOUT = new Key<>(
            "auth.webhook.timeout", "5000", Kind.number(TIMEOUT_MILLIS_MIN, TIMEOUT_MILLIS_MAX, "milliseconds"));
    static final GrantKeys AUTH_WEBHOOK_DEFAULTS = GrantKeys.below("auth.webhook.defaults");

    static final Key<String> MANAGEMENT_HOST = new Key<>("management.host", "127.0.0.1", Kind.host());
    static final Key<Integer> MANAGEMENT_PORT = new Key<>("management.port", "9090", Kind.port());

    static final Key<Secret> API_TOKEN = new Key<>("api.token", "", Kind.tokenOrNothing());

    static final Key<Boolean> CLUSTER_ENABLED = new Key<>("cluster.enabled", "false", Kind.flag());
    static final Key<String> CLUSTER_HOST = new Key<>("cluster.host", "127.0.0.1", Kind.host());
    static final Key<Integer> CLUSTER_PORT = new Key<>("cluster.port", "5701", Kind.port());
    static final Key<Integer> CLUSTER_BUS_PORT = new Key<>("cluster.bus.port", "15701", Kind.port());
    static final Key<String> CLUSTER_BUS_CERTIFICATE = new Key<>("cluster.bus.certificate", "", Kind.fileOrNothing());
    static final Key<String> CLUSTER_BUS_KEY = new Key<>("cluster.bus.key", "", Kind.fileOrNothing());
    static final Key<String> CLUSTER_BUS_AUTHORITY = new Key<>("cluster.bus.authority", "", Kind.fileOrNothing());
    static final Key<List<String>> CLUSTER_MEMBERS =
            new Key<>("cluster.members", "127.0.0.1:5701,127.0.0.1:5702", Kind.addresses());
    static final Key<String> CLUSTER_DNS = new Key<>("cluster.dns", "", Kind.hostOrNothing());

    static final Key<Integer> SESSION_HEARTBEAT = new Key<>(
            "session.heartbeat", "25000", Kind.number(HEARTBEAT_MILLIS_MIN, HEARTBEAT_MILLIS_MAX, "milliseconds"));
    static final Key<Integer> SESSION_WINDOW =
            new Key<>("session.window", "45", Kind.number(0, Settings.Session.WINDOW_SECONDS_MAX, "seconds"));

    static final Key<Integer> DRAIN_DELAY =
            new Key<>("drain.delay", "5", Kind.number(0, Settings.Drain.SECONDS_MAX, "seconds"));
    static final Key<Integer> DRAIN_WITHIN =
            new Key<>("drain.within", "20", Kind.number(0, Settings.Drain.SECONDS_MAX, "seconds"));

    static final Key<Integer> CALLS_RING =
            new Key<>("calls.ring", "45", Kind.number(1, Settings.Calls.RING_SECONDS_MAX, "seconds"));
    static final Key<List<String>> ICE_STUN_URLS = new Key<>("ice.stun.urls", "", Kind.stunUrls());
    static final Key<List<String>> ICE_TURN_URLS = new Key<>("ice.turn.urls", "", Kind.turnUrls());
    static final Key<List<Secret>> ICE_TURN_SECRET = new Key<>("ice.turn.secret", "", Kind.secrets(1));
    static final Key<Integer> ICE_TURN_TTL =
            new Key<>("ice.turn.ttl", "3600", Kind.number(TTL_SECONDS_MIN, TTL_SECONDS_MAX, "seconds"));
    static final Key<String> ICE_TURN_USERNAME = new Key<>("ice.turn.username", "", Kind.textOrNothing());
    static final Key<Secret> ICE_TURN_CREDENTIAL = new Key<>("ice.turn.credential", "", Kind.secretOrNothing());

    static final Key<Integer> LIMITS_FRAME =
            new Key<>("limits.frame", "65536", Kind.number(1_024, 16_777_216, "bytes"));
    static final Key<Integer> LIMITS_RATE = new Key<>("limits.rate", "200", Kind.number(1, 100_000, "frames a second"));
    static final Key<Integer> LIMITS_BYTES =
            new Key<>("limits.bytes", "1048576", Kind.number(1_024, 1_073_741_824, "bytes a second"));
    static final Key<Integer> LIMITS_ROOMS = new Key<>("limits.rooms", "64", Kind.number(1, 10_000, ""));
    static final Key<Integer> LIMITS_CAPACITY = new Key<>("limits.capacity", "250", Kind.number(1, 10_000, ""));
    static final Key<Integer> LIMITS_OUTBOX =
            new Key<>("limits.outbox", "4194304", Kind.number(3_145_728, 1_073_741_824, "bytes"));
    static final Key<Integer> LIMITS_CONNECTIONS =
            new Key<>("limits.connections", "10000", Kind.number(1, 1_000_000, ""));
    static final Key<Integer> LIMITS_ADDRESS = new Key<>("limits.address", "0", Kind.number(0, 1_000_000, ""));
    static final Key<Integer> LIMITS_USER = new Key<>("limits.user", "0", Kind.number(0, 1_000_000, ""));
    static final Key<Integer> LIMITS_AWAY = new Key<>("limits.away", "10000", Kind.number(1, 1_000_000, ""));
    static final Key<Integer> LIMITS_MAILBOX =
            new Key<>("limits.mailbox", "67108864", Kind.number(1_048_576, 1_073_741_824, "bytes"));
    static final Key<Integer> LIMITS_HANDSHAKES =
            new Key<>("limits.handshakes", "1000", Kind.number(1, 100_000, "connections a second"));

    static final Key<String> TRACING_ENDPOINT = new Key<>("tracing.endpoint", "", Kind.webAddressOrNothing());
    static final Key<Double> TRACING_RATIO = new Key<>("tracing.ratio", "0.01", Kind.share());

    static final Key<LogFormat> LOG_FORMAT =
            new Key<>("log.format", "text", Kind.oneOf(List.of(LogFormat.values()), LogFormat::label));
    static final Key<LogLevel> LOG_LEVEL =
            new Key<>("log.level", "info", Kind.oneOf(List.of(LogLevel.values()), LogLevel::label));

    /** Every key that may stand in a file. */
    static final List<Key<?>> ALL = List.of(
            INSTANCES,
            HTTP_HOST,
            HTTP_PORT,
            HTTP_TLS,
            HTTP_CERTIFICATE,
            HTTP_KEY,
            HTTP_ORIGINS,
            HTTP_FORWARDED,
            HTTP_PROXIES,
            AUTH_MODE,
            AUTH_JWT_SECRET,
            AUTH_JWT_KEYS,
            AUTH_JWT_JWKS,
            AUTH_JWT_ISSUER,
            AUTH_JWT_AUDIENCE,
            AUTH_JWT_DEFAULTS.rooms(),
            AUTH_JWT_DEFAULTS.publish(),
            AUTH_JWT_DEFAULTS.call(),
            AUTH_JWT_DEFAULTS.watch(),
            AUTH_JWT_DEFAULTS.capacity(),
            AUTH_WEBHOOK_URL,
            AUTH_WEBHOOK_SECRET,
            AUTH_WEBHOOK_TIMEOUT,
            AUTH_WEBHOOK_DEFAULTS.rooms(),
            AUTH_WEBHOOK_DEFAULTS.publish(),
            AUTH_WEBHOOK_DEFAULTS.call(),
            AUTH_WEBHOOK_DEFAULTS.watch(),
            AUTH_WEBHOOK_DEFAULTS.capacity(),
            MANAGEMENT_HOST,
            MANAGEMENT_PORT,
            API_TOKEN,
            CLUSTER_ENABLED,
            CLUSTER_HOST,
            CLUSTER_PORT,
            CLUSTER_BUS_PORT,
            CLUSTER_BUS_CERTIFICATE,
            CLUSTER_BUS_KEY,
            CLUSTER_BUS_AUTHORITY,
            CLUSTER_MEMBERS,
            CLUSTER_DNS,
            SESSION_HEARTBEAT,
            SESSION_WINDOW,
            DRAIN_DELAY,
            DRAIN_WITHIN,
            CALLS_RING,
            ICE_STUN_URLS,
            ICE_TURN_URLS,
            ICE_TURN_SECRET,
            ICE_TURN_TTL,
            ICE_TURN_USERNAME,
            ICE_TURN_CREDENTIAL,
            LIMITS_FRAME,
            LIMITS_RATE,
            LIMITS_BYTES,
            LIMITS_ROOMS,
            LIMITS_CAPACITY,
            LIMITS_OUTBOX,
            LIMITS_CONNECTIONS,
            LIMITS_ADDRESS,
            LIMITS_USER,
            LIMITS_HANDSHAKES,
            LIMITS_AWAY,
            LIMITS_MAILBOX,
            TRACING_ENDPOINT,
            TRACING_RATIO,
            LOG_FORMAT,
            LOG_LEVEL);

    private Keys() {}
}
