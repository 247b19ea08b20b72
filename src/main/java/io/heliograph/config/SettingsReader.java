package io.heliograph.config;

import io.heliograph.protocol.ForwardedBy;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.IceServer.Credential;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Settings.Ice.Turn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the typed settings out of texts, and names everything that is wrong with them at once. */
final class SettingsReader {
    private static final Map<String, Key<?>> KEY_BY_PATH =
            Keys.ALL.stream().collect(Collectors.toUnmodifiableMap(Key::path, Function.identity()));
    private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "0:0:0:0:0:0:0:0");
    /** An unknown key may be a misspelt or misplaced secret; the value of one with such a name is not shown. */
    private static final Pattern SECRET_NAME = Pattern.compile("secr|token|pass|cred|key|priv|auth|turn");

    private static final String NOT_SHOWN = "(not shown)";

    private final Map<String, Value> values = new HashMap<>();
    private final List<String> problems = new ArrayList<>();

    private SettingsReader() {}

    /** @throws ConfigurationException when a key is unknown, or a value is not as expected */
    static Settings read(List<Map<String, Value>> layers, int cores) {
        var reader = new SettingsReader();
        layers.forEach(layer -> layer.forEach(reader::take));
        reader.throwProblems();
        reader.checkTogether();
        reader.throwProblems();
        return reader.settings(cores);
    }

    private void take(String path, Value value) {
        var key = KEY_BY_PATH.get(path);
        if (key == null) {
            // A section whose keys are all commented out is no problem.
            if (!isSection(path) || !value.text().isEmpty()) {
                problems.add(problemOfUnknown(path, value));
            }
        } else if (key.kind().parse().apply(value.text()).isEmpty()) {
            problems.add(problem(key, value, key.kind().expectation()));
        } else {
            values.put(path, value);
        }
    }

    private static boolean isSection(String path) {
        return KEY_BY_PATH.keySet().stream().anyMatch(known -> known.startsWith(path + "."));
    }

    private static String problemOfUnknown(String path, Value value) {
        boolean secret = SECRET_NAME.matcher(path.toLowerCase(Locale.ROOT)).find();
        return "%s: %s from %s (expected: %s)"
                .formatted(
                        shownPath(path),
                        secret ? NOT_SHOWN : shown(value),
                        value.origin(),
                        isSection(path)
                                ? "no value of its own, but keys below it that " + Sources.STANDARD_FILE + " names"
                                : "a key that " + Sources.STANDARD_FILE + " names");
    }

    /** A secret without quotes may look like a map, and its text like a key. */
    private static String shownPath(String path) {
        return KEY_BY_PATH.values().stream()
                .filter(key -> key.kind().secret() && path.startsWith(key.path() + "."))
                .findFirst()
                .map(key -> key.path() + ".*")
                .orElseGet(() -> OneLine.of(path));
    }

    /** What is in front of an @ in an address may be a password. */
    private static String shown(Value value) {
        return value.text().contains("@") ? NOT_SHOWN : value.shown();
    }

    private void checkTogether() {
        var listeners = new ArrayList<Listener>();
        listeners.add(new Listener(Keys.HTTP_HOST, Keys.HTTP_PORT));
        listeners.add(new Listener(Keys.MANAGEMENT_HOST, Keys.MANAGEMENT_PORT));
        if (get(Keys.CLUSTER_ENABLED)) {
            listeners.add(new Listener(Keys.CLUSTER_HOST, Keys.CLUSTER_PORT));
            listeners.add(new Listener(Keys.CLUSTER_HOST, Keys.CLUSTER_BUS_PORT));
            checkCluster();
        }
        checkTurn();
        checkTls();
        checkProxies();
        checkBus();
        checkAuth();
        for (int i = 0; i < listeners.size(); i++) {
            for (var other : listeners.subList(0, i)) {
                checkApart(other, listeners.get(i));
            }
        }
    }

    private record Listener(Key<String> host, Key<Integer> port) {}

    private void checkApart(Listener first, Listener second) {
        int port = get(second.port());
        var firstHost = get(first.host());
        var secondHost = get(second.host());
        boolean sameHost =
                firstHost.equals(secondHost) || ANY_ADDRESS.contains(firstHost) || ANY_ADDRESS.contains(secondHost);
        if (port != 0 && port == get(first.port()) && sameHost) {
            refuse(second.port(), "another port than " + first.port().path());
        }
    }

    private void checkCluster() {
        if (ANY_ADDRESS.contains(get(Keys.CLUSTER_HOST))) {
            refuse(Keys.CLUSTER_HOST, "an address at which the others reach this process");
        }
        if (get(Keys.CLUSTER_MEMBERS).isEmpty() && get(Keys.CLUSTER_DNS).isEmpty()) {
            refuse(Keys.CLUSTER_MEMBERS, "at least one address, or a name in " + Keys.CLUSTER_DNS.path());
        }
    }

    /** TURN servers and what they accept belong together, and it is one of the two kinds. */
    private void checkTurn() {
        boolean servers = !get(Keys.ICE_TURN_URLS).isEmpty();
        boolean secret = !get(Keys.ICE_TURN_SECRET).isEmpty();
        boolean username = !get(Keys.ICE_TURN_USERNAME).isEmpty();
        boolean credential = !get(Keys.ICE_TURN_CREDENTIAL).value().isEmpty();
        if (secret && (username || credential)) {
            refuse(Keys.ICE_TURN_SECRET, "nothing beside ice.turn.username and ice.turn.credential");
        } else if (username && !credential) {
            refuse(Keys.ICE_TURN_CREDENTIAL, "the password of ice.turn.username");
        } else if (credential && !username) {
            refuse(Keys.ICE_TURN_USERNAME, "the user of ice.turn.credential");
        } else if (servers && !secret && !username) {
            refuse(
                    Keys.ICE_TURN_SECRET,
                    "the secret of the servers in ice.turn.urls, or ice.turn.username and ice.turn.credential");
        } else if (!servers && (secret || username)) {
            refuse(
                    Keys.ICE_TURN_URLS,
                    "servers for " + (secret ? Keys.ICE_TURN_SECRET : Keys.ICE_TURN_USERNAME).path());
        }
    }

    /** Whoever names a certificate and gets plain HTTP would not notice. */
    private void checkTls() {
        var tls = get(Keys.HTTP_TLS);
        boolean files = tls.equals("files");
        for (var file : List.of(Keys.HTTP_CERTIFICATE, Keys.HTTP_KEY)) {
            if (get(file).isEmpty() == files) {
                refuse(file, "%s, since %s is %s".formatted(files ? "a PEM file" : "none", Keys.HTTP_TLS.path(), tls));
            }
        }
    }

    /** Whoever forgets one of them would have no encryption, or trust nobody. */
    private void checkBus() {
        var files = List.of(Keys.CLUSTER_BUS_CERTIFICATE, Keys.CLUSTER_BUS_KEY, Keys.CLUSTER_BUS_AUTHORITY);
        if (files.stream().anyMatch(file -> !get(file).isEmpty())) {
            files.stream()
                    .filter(file -> get(file).isEmpty())
                    .forEach(
                            file -> refuse(file, "a PEM file, as for the other two of certificate, key and authority"));
        }
    }

    /** Whoever says the one and forgets the other would count proxies instead of clients. */
    private void checkProxies() {
        var forwarded = get(Keys.HTTP_FORWARDED);
        boolean named = !get(Keys.HTTP_PROXIES).isEmpty();
        if (named && forwarded == ForwardedBy.NOTHING) {
            refuse(Keys.HTTP_FORWARDED, "how those in " + Keys.HTTP_PROXIES.path() + " say where clients are");
        } else if (!named && forwarded != ForwardedBy.NOTHING) {
            refuse(
                    Keys.HTTP_PROXIES,
                    "where the proxies are, since %s is %s".formatted(Keys.HTTP_FORWARDED.path(), forwarded.label()));
        }
    }

    /** Whoever has a secret and lets everybody in would not notice. */
    private void checkAuth() {
        var mode = get(Keys.AUTH_MODE);
        boolean keys = checkAuth("jwt", Keys.AUTH_JWT_SECRET, Keys.AUTH_JWT_KEYS, Keys.AUTH_JWT_JWKS);
        checkAuth("webhook", Keys.AUTH_WEBHOOK_URL, Keys.AUTH_WEBHOOK_SECRET);
        if (mode.equals("jwt") && !keys) {
            refuse(
                    Keys.AUTH_JWT_SECRET,
                    "a secret, or public keys in auth.jwt.keys or at auth.jwt.jwks, since auth.mode is jwt");
        } else if (mode.equals("webhook") && get(Keys.AUTH_WEBHOOK_URL).isEmpty()) {
            refuse(Keys.AUTH_WEBHOOK_URL, "the address of your endpoint, since auth.mode is webhook");
        }
    }

    /** Whether some of them, which are for {@code only} one mode, are given; the first of them is wrong in another. */
    private boolean checkAuth(String only, Key<?>... keys) {
        var given = Stream.of(keys).filter(key -> !value(key).text().isEmpty()).findFirst();
        var mode = get(Keys.AUTH_MODE);
        given.filter(key -> !mode.equals(only)).ifPresent(key -> refuse(key, "none, since auth.mode is " + mode));
        return given.isPresent();
    }

    private Settings settings(int cores) {
        int instances = get(Keys.INSTANCES);
        return new Settings(
                instances != 0 ? instances : Math.max(1, Math.min(cores - 1, Settings.INSTANCES_MAX)),
                new Settings.Http(
                        get(Keys.HTTP_HOST),
                        get(Keys.HTTP_PORT),
                        tls(),
                        get(Keys.HTTP_ORIGINS),
                        new Settings.Proxies(get(Keys.HTTP_FORWARDED), get(Keys.HTTP_PROXIES))),
                auth(),
                new Settings.Management(get(Keys.MANAGEMENT_HOST), get(Keys.MANAGEMENT_PORT)),
                new Settings.Api(someSecret(Keys.API_TOKEN)),
                new Settings.Cluster(
                        get(Keys.CLUSTER_ENABLED),
                        get(Keys.CLUSTER_HOST),
                        get(Keys.CLUSTER_PORT),
                        get(Keys.CLUSTER_BUS_PORT),
                        get(Keys.CLUSTER_MEMBERS),
                        some(Keys.CLUSTER_DNS),
                        some(Keys.CLUSTER_BUS_CERTIFICATE)
                                .map(certificate -> new Settings.BusTls(
                                        Path.of(certificate),
                                        Path.of(get(Keys.CLUSTER_BUS_KEY)),
                                        Path.of(get(Keys.CLUSTER_BUS_AUTHORITY))))),
                new Settings.Session(get(Keys.SESSION_HEARTBEAT), get(Keys.SESSION_WINDOW)),
                new Settings.Drain(get(Keys.DRAIN_DELAY), get(Keys.DRAIN_WITHIN)),
                new Settings.Calls(get(Keys.CALLS_RING)),
                new Settings.Ice(get(Keys.ICE_STUN_URLS), turn()),
                new Limits(
                        get(Keys.LIMITS_FRAME),
                        get(Keys.LIMITS_RATE),
                        get(Keys.LIMITS_BYTES),
                        get(Keys.LIMITS_ROOMS),
                        get(Keys.LIMITS_CAPACITY),
                        get(Keys.LIMITS_OUTBOX),
                        new Limits.Intake(
                                get(Keys.LIMITS_CONNECTIONS),
                                get(Keys.LIMITS_ADDRESS),
                                get(Keys.LIMITS_USER),
                                get(Keys.LIMITS_HANDSHAKES)),
                        new Limits.Absence(get(Keys.LIMITS_AWAY), get(Keys.LIMITS_MAILBOX))),
                new Settings.Tracing(some(Keys.TRACING_ENDPOINT), get(Keys.TRACING_RATIO)),
                new Settings.Log(get(Keys.LOG_FORMAT), get(Keys.LOG_LEVEL)));
    }

    private Settings.Auth auth() {
        return switch (get(Keys.AUTH_MODE)) {
            case "jwt" ->
                new Settings.Auth.Jwt(
                        get(Keys.AUTH_JWT_SECRET),
                        get(Keys.AUTH_JWT_KEYS),
                        some(Keys.AUTH_JWT_JWKS),
                        some(Keys.AUTH_JWT_ISSUER),
                        some(Keys.AUTH_JWT_AUDIENCE),
                        grants(Keys.AUTH_JWT_DEFAULTS));
            case "webhook" ->
                new Settings.Auth.Webhook(
                        get(Keys.AUTH_WEBHOOK_URL),
                        get(Keys.AUTH_WEBHOOK_TIMEOUT),
                        someSecret(Keys.AUTH_WEBHOOK_SECRET),
                        grants(Keys.AUTH_WEBHOOK_DEFAULTS));
            default -> new Settings.Auth.Open();
        };
    }

    private Grants grants(GrantKeys keys) {
        int capacity = get(keys.capacity());
        return new Grants(
                get(keys.rooms()),
                get(keys.publish()),
                get(keys.call()),
                get(keys.watch()),
                capacity == 0 ? OptionalInt.empty() : OptionalInt.of(capacity));
    }

    private Optional<Turn> turn() {
        var urls = get(Keys.ICE_TURN_URLS);
        if (urls.isEmpty()) {
            return Optional.empty();
        }
        var secrets = get(Keys.ICE_TURN_SECRET);
        return Optional.of(
                secrets.isEmpty()
                        ? new Turn.Fixed(
                                urls, new Credential(get(Keys.ICE_TURN_USERNAME), get(Keys.ICE_TURN_CREDENTIAL)))
                        : new Turn.Timed(urls, secrets, get(Keys.ICE_TURN_TTL)));
    }

    private Settings.Tls tls() {
        return switch (get(Keys.HTTP_TLS)) {
            case "self-signed" -> new Settings.Tls.SelfSigned();
            case "files" -> new Settings.Tls.Files(Path.of(get(Keys.HTTP_CERTIFICATE)), Path.of(get(Keys.HTTP_KEY)));
            default -> new Settings.Tls.Off();
        };
    }

    private <T> T get(Key<T> key) {
        return key.kind().parse().apply(value(key).text()).orElseThrow();
    }

    private Optional<String> some(Key<String> key) {
        return Optional.of(get(key)).filter(text -> !text.isEmpty());
    }

    private Optional<Secret> someSecret(Key<Secret> key) {
        return Optional.of(get(key)).filter(secret -> !secret.value().isEmpty());
    }

    private Value value(Key<?> key) {
        return values.getOrDefault(key.path(), new Value(key.standard(), "the defaults"));
    }

    private void refuse(Key<?> key, String expectation) {
        problems.add(problem(key, value(key), expectation));
    }

    private static String problem(Key<?> key, Value value, String expectation) {
        var shown = key.kind().secret() && !value.text().isEmpty() ? NOT_SHOWN : shown(value);
        return "%s: %s from %s (expected: %s)".formatted(key.path(), shown, value.origin(), expectation);
    }

    private void throwProblems() {
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
    }
}
