package io.heliograph.protocol;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How this process is to run: everything an operator may choose, read and checked once at the start.
 *
 * @param instances signaling instances, each with an event loop of its own; at least 1
 * @param limits what one client may ask of the server
 */
public record Settings(
        int instances,
        Http http,
        Auth auth,
        Management management,
        Api api,
        Cluster cluster,
        Session session,
        Drain drain,
        Calls calls,
        Ice ice,
        Limits limits,
        Tracing tracing,
        Log log) {
    /** Most instances of one process. */
    public static final int INSTANCES_MAX = 1_024;
    /** Highest TCP port; as a setting, port 0 means any free one. */
    public static final int PORT_MAX = 65_535;

    public Settings {
        requireBetween("instances", instances, 1, INSTANCES_MAX);
    }

    /**
     * Where clients connect, how that is encrypted, and which pages may.
     *
     * @param origins of those pages; empty where any page may
     */
    public record Http(String host, int port, Tls tls, List<Origin> origins, Proxies proxies) {
        public Http {
            requireBetween("http.port", port, 0, PORT_MAX);
            origins = List.copyOf(origins);
        }
    }

    /**
     * Who stands between clients and this process.
     *
     * @param header how they say where clients are
     * @param networks where they are themselves: only from there it is believed
     */
    public record Proxies(ForwardedBy header, List<Network> networks) {
        public static final int NETWORKS_MAX = 64;

        public Proxies {
            requireBetween("http.proxies", networks.size(), header == ForwardedBy.NOTHING ? 0 : 1, NETWORKS_MAX);
            networks = List.copyOf(networks);
        }

        /** Whether connections begin with where they are from (PROXY protocol). */
        public boolean announce() {
            return header == ForwardedBy.PROXY_PROTOCOL;
        }
    }

    /** How what clients say is encrypted on its way. */
    public sealed interface Tls {
        /** Not by this server: it is on localhost only, or behind a proxy that does it. */
        record Off() implements Tls {}

        /** With a certificate made at the start, which browsers take once their user says so. */
        record SelfSigned() implements Tls {}

        /**
         * With a certificate that somebody vouches for.
         *
         * @param certificate PEM, the server's own first, then those that lead to its authority
         * @param key PEM, the private key of the first certificate, without passphrase
         */
        record Files(Path certificate, Path key) implements Tls {}
    }

    /** Who may come in, and what that one may do. */
    public sealed interface Auth {

        /** Anybody, everything. */
        record Open() implements Auth {}

        /**
         * Whoever has a JSON Web Token (RFC 7519), what that grants.
         *
         * @param secrets with which tokens are signed by HS256: none, one, or two while they change from one to the other
         * @param keys PEM files with public keys, by whose private ones tokens are signed by RS256, ES256 or EdDSA
         * @param jwks where such keys are had by HTTP, and change (RFC 7517, section 5)
         * @param issuer who must have made a token; anybody where it is empty
         * @param audience for whom a token must be; for whomever where it is empty
         * @param defaults what holds where a token says nothing
         */
        record Jwt(
                List<Secret> secrets,
                List<Path> keys,
                Optional<String> jwks,
                Optional<String> issuer,
                Optional<String> audience,
                Grants defaults)
                implements Auth {
            public static final int SECRETS_MAX = 2;
            /** RFC 7518, section 3.2. */
            public static final int SECRET_BYTES_MIN = 32;

            public static final int KEYS_MAX = 16;

            public Jwt {
                requireBetween("auth.jwt.secret", secrets.size(), 0, SECRETS_MAX);
                requireBetween("auth.jwt.keys", keys.size(), 0, KEYS_MAX);
                requireBetween(
                        "auth.jwt",
                        secrets.size() + keys.size() + (jwks.isPresent() ? 1 : 0),
                        1,
                        SECRETS_MAX + KEYS_MAX + 1);
                secrets = List.copyOf(secrets);
                keys = List.copyOf(keys);
            }
        }

        /**
         * Whom an application's own HTTP endpoint lets in, what that says.
         *
         * @param url where it is asked
         * @param timeoutMillis how long its answer is waited for
         * @param secret with which this server tells it who asks
         * @param defaults what holds where it says nothing
         */
        record Webhook(String url, int timeoutMillis, Optional<Secret> secret, Grants defaults) implements Auth {
            public static final int TIMEOUT_MILLIS_MIN = 100;
            /** The library waits 10 s for its {@code welcome}. */
            public static final int TIMEOUT_MILLIS_MAX = 8_000;

            public Webhook {
                requireBetween("auth.webhook.timeout", timeoutMillis, TIMEOUT_MILLIS_MIN, TIMEOUT_MILLIS_MAX);
            }
        }
    }

    /** Where operators connect. */
    public record Management(String host, int port) {
        public Management {
            requireBetween("management.port", port, 0, PORT_MAX);
        }
    }

    /**
     * Who may see the state of this process, and drain it.
     *
     * @param token what they have to show; without one, whoever is on this machine may where the management port is for it alone
     */
    public record Api(Optional<Secret> token) {
        public static final int TOKEN_LENGTH_MIN = 32;
        public static final int TOKEN_LENGTH_MAX = 255;

        public Api {
            token.ifPresent(secret ->
                    requireBetween("length of api.token", secret.value().length(), TOKEN_LENGTH_MIN, TOKEN_LENGTH_MAX));
        }
    }

    /**
     * How this process finds and reaches the others.
     *
     * @param host own address, as the others see it
     * @param port where the members agree on who is there
     * @param busPort where frames travel
     * @param members addresses to find the others by, as {@code host:port}
     * @param dns a name whose addresses are the members, instead of the list
     * @param busTls how frames are encrypted on their way; plain where it is empty
     */
    public record Cluster(
            boolean enabled,
            String host,
            int port,
            int busPort,
            List<String> members,
            Optional<String> dns,
            Optional<BusTls> busTls) {
        public Cluster {
            requireBetween("cluster.port", port, 0, PORT_MAX);
            requireBetween("cluster.bus.port", busPort, 0, PORT_MAX);
            members = List.copyOf(members);
        }

        /** Where this process is found by the others, as {@code host:port}. */
        public String address() {
            return host + ":" + port;
        }
    }

    /**
     * With what the processes prove to each other that they belong together.
     *
     * @param certificate PEM, this process's own first, then those that lead to the authority
     * @param key PEM, the private key of the first certificate, without passphrase
     * @param authority PEM, who has issued the certificates of all of them, and of nobody else
     */
    public record BusTls(Path certificate, Path key, Path authority) {}

    /**
     * The life of a client session.
     *
     * @param heartbeatMillis how often an idle connection is pinged; one silent for two of them is dropped
     * @param windowSeconds how long a session waits for its client to come back; 0 where it ends with its connection
     */
    public record Session(int heartbeatMillis, int windowSeconds) {
        public static final int HEARTBEAT_MILLIS_MIN = 1_000;
        public static final int HEARTBEAT_MILLIS_MAX = 300_000;
        public static final int WINDOW_SECONDS_MAX = 3_600;

        public Session {
            requireBetween("session.heartbeat", heartbeatMillis, HEARTBEAT_MILLIS_MIN, HEARTBEAT_MILLIS_MAX);
            requireBetween("session.window", windowSeconds, 0, WINDOW_SECONDS_MAX);
        }
    }

    /**
     * How this process gives up its clients before it stops, where others can take them.
     *
     * @param delaySeconds from no longer being ready until clients are asked to move, so that balancers notice first
     * @param withinSeconds in which all clients have moved or are closed; 0 where all are closed at once
     */
    public record Drain(int delaySeconds, int withinSeconds) {
        public static final int SECONDS_MAX = 3_600;

        public Drain {
            requireBetween("drain.delay", delaySeconds, 0, SECONDS_MAX);
            requireBetween("drain.within", withinSeconds, 0, SECONDS_MAX);
        }

        /** What all of it takes at most. */
        public int totalSeconds() {
            return delaySeconds + withinSeconds;
        }
    }

    /**
     * Calls by name.
     *
     * @param ringSeconds how long a call rings before it ends unanswered
     */
    public record Calls(int ringSeconds) {
        public static final int RING_SECONDS_MAX = 3_600;

        public Calls {
            requireBetween("calls.ring", ringSeconds, 1, RING_SECONDS_MAX);
        }
    }

    /**
     * The servers with which clients find ways to each other.
     *
     * @param stunUrls as in RFC 7064
     */
    public record Ice(List<String> stunUrls, Optional<Turn> turn) {
        public Ice {
            stunUrls = List.copyOf(stunUrls);
        }

        /** TURN servers, and what they accept. */
        public sealed interface Turn {

            /** As in RFC 7065; at least one. */
            List<String> urls();

            /**
             * Credentials are made for each client and expire.
             *
             * @param secrets shared with the TURN servers: one, or two while they change from one to the other
             */
            record Timed(List<String> urls, List<Secret> secrets, int ttlSeconds) implements Turn {
                public static final int SECRETS_MAX = 2;
                public static final int TTL_SECONDS_MIN = 10;
                public static final int TTL_SECONDS_MAX = 604_800;

                public Timed {
                    requireBetween("ice.turn.urls", urls.size(), 1, URLS_MAX);
                    requireBetween("ice.turn.secret", secrets.size(), 1, SECRETS_MAX);
                    requireBetween("ice.turn.ttl", ttlSeconds, TTL_SECONDS_MIN, TTL_SECONDS_MAX);
                    urls = List.copyOf(urls);
                    secrets = List.copyOf(secrets);
                }
            }

            /** One credential for everybody, for ever. */
            record Fixed(List<String> urls, IceServer.Credential credential) implements Turn {
                public Fixed {
                    requireBetween("ice.turn.urls", urls.size(), 1, URLS_MAX);
                    urls = List.copyOf(urls);
                }
            }
        }

        /** Most URLs of a kind: with two secrets this makes 32 TURN servers, as many as Chromium takes. */
        public static final int URLS_MAX = 16;
    }

    /**
     * Which relays are followed, and who wants to know.
     *
     * @param endpoint of an OpenTelemetry collector, without {@code /v1/traces}; empty where nothing is followed
     * @param ratio the share of relays that are followed
     */
    public record Tracing(Optional<String> endpoint, double ratio) {
        public Tracing {
            if (!(ratio >= 0 && ratio <= 1)) {
                throw new IllegalArgumentException("tracing.ratio: " + ratio + " (expected: 0 to 1)");
            }
        }
    }

    /** What is written to standard error. */
    public record Log(LogFormat format, LogLevel level) {}

    /** How a log line looks. */
    public enum LogFormat {
        /** Time, level, logger, words, {@code key=value}. */
        TEXT("text"),
        /** One JSON object a line. */
        JSON("json");

        private final String label;

        LogFormat(String label) {
            this.label = label;
        }

        /** The word in the configuration. */
        public String label() {
            return label;
        }
    }

    /** From which importance on an event is logged. */
    public enum LogLevel {
        /** A defect or a broken promise. */
        ERROR("error"),
        /** An operator may act. */
        WARN("warn"),
        /** The life of the node and its configuration. */
        INFO("info"),
        /** A line for each event of a connection. */
        DEBUG("debug");

        private final String label;

        LogLevel(String label) {
            this.label = label;
        }

        /** The word in the configuration. */
        public String label() {
            return label;
        }
    }

    private static void requireBetween(String key, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(key + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }
}
