package io.heliograph.auth;

import static io.heliograph.auth.Members.wrong;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.IceServer;
import io.heliograph.protocol.IceServer.Credential;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;

/** What an application's endpoint is asked about a client, and what it answers, in JSON (RFC 8259). */
final class WebhookCodec {
    /** Of {@code reason}, in code points. */
    static final int REASON_LENGTH_MAX = 200;
    /** As many as Chromium takes. */
    static final int ICE_SERVERS_MAX = 32;

    private static final int VERSION = 1;
    private static final int CREDENTIAL_LENGTH_MAX = 512;
    private static final String HOST_AND_PORT = "(?:\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9._-]{1,253})(?::[0-9]{1,5})?";
    /** RFC 7064, RFC 7065: with any other, a browser makes no connection at all. */
    private static final Pattern ICE_URL =
            Pattern.compile("stuns?:%1$s|turns?:%1$s(?:\\?transport=(?:udp|tcp))?".formatted(HOST_AND_PORT));

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\u2028\\u2029]+");

    private WebhookCodec() {}

    /** Who a client says it is, and what it shows for it. */
    static Buffer question(Optional<Name> named, Optional<Secret> token) {
        JsonObject question = new JsonObject().put("v", VERSION);
        named.ifPresent(user -> question.put("user", user.value()));
        token.ifPresent(secret -> question.put("token", secret.value()));
        return question.toBuffer();
    }

    /**
     * The body of a 200.
     *
     * @param defaults what holds where it says nothing
     * @throws IllegalArgumentException where it is not as expected; the text says what, and nothing of its values
     */
    static Identity identity(Buffer body, Grants defaults) {
        Members members = object(body);
        Optional<Instant> expires = members.time("expires");
        return Identity.vouched(members.user("user").of(members.tenant("tenant")), members.grants(defaults), expires)
                .with(members.find("iceServers").map(WebhookCodec::iceServers));
    }

    /** What the body of a 401 or 403 says for a person, without what would break a line; empty where that is nothing. */
    static Optional<String> reason(Buffer body) {
        try {
            return object(body)
                    .find("reason")
                    .filter(String.class::isInstance)
                    .map(reason ->
                            UNPRINTABLE.matcher((String) reason).replaceAll(" ").strip())
                    .map(WebhookCodec::cut)
                    .filter(reason -> !reason.isEmpty());
        } catch (IllegalArgumentException another) {
            return Optional.empty();
        }
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= REASON_LENGTH_MAX
                ? text
                : text.substring(0, text.offsetByCodePoints(0, REASON_LENGTH_MAX));
    }

    private static Members object(Buffer body) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.getBytes()))
                    .toString();
            return new Members(JsonUtil.parseJson(text));
        } catch (CharacterCodingException | JoseException | RuntimeException malformed) {
            throw wrong("body", "malformed", "a JSON object in UTF-8, each member once");
        }
    }

    private static List<IceServer> iceServers(Object given) {
        if (!(given instanceof List<?> servers)) {
            throw wrong("iceServers", "of another kind", "an array");
        }
        if (servers.size() > ICE_SERVERS_MAX) {
            throw wrong("iceServers", servers.size() + " of them", "<= " + ICE_SERVERS_MAX);
        }
        return IntStream.range(0, servers.size())
                .mapToObj(i -> iceServer("iceServers[" + i + "]", servers.get(i)))
                .toList();
    }

    /** An {@code RTCIceServer} (WebRTC 1.0, section 4.2.4). */
    private static IceServer iceServer(String path, Object given) {
        if (!(given instanceof Map<?, ?> server)) {
            throw wrong(path, "of another kind", "an object");
        }
        List<String> urls = urls(
                path + ".urls",
                Members.find(server, "urls").orElseThrow(() -> wrong(path + ".urls", "missing", "one or several")));
        Optional<String> username = text(path, server, "username");
        Optional<String> password = text(path, server, "credential");
        boolean turn = urls.stream().anyMatch(url -> url.startsWith("turn"));
        if (username.isPresent() != password.isPresent() || (turn && username.isEmpty())) {
            throw wrong(
                    path, "one of username and credential, or none", "both, or none where no URL is a TURN server's");
        }
        return new IceServer(urls, username.map(name -> new Credential(name, new Secret(password.orElseThrow()))));
    }

    private static List<String> urls(String path, Object given) {
        List<?> urls = given instanceof List<?> several ? several : List.of(given);
        if (urls.isEmpty() || urls.size() > Settings.Ice.URLS_MAX) {
            throw wrong(path, urls.size() + " of them", "1 to " + Settings.Ice.URLS_MAX);
        }
        return urls.stream().map(url -> url(path, url)).toList();
    }

    private static String url(String path, Object given) {
        if (!(given instanceof String url) || !ICE_URL.matcher(url).matches()) {
            throw wrong(
                    path, "another", "stun:host:port, turn:host:port?transport=tcp, or the same with stuns: or turns:");
        }
        return url;
    }

    private static Optional<String> text(String path, Map<?, ?> server, String name) {
        return Members.find(server, name).map(given -> {
            if (!(given instanceof String text) || text.isEmpty() || text.length() > CREDENTIAL_LENGTH_MAX) {
                throw wrong(path + "." + name, "another", "a string of 1 to " + CREDENTIAL_LENGTH_MAX + " characters");
            }
            return text;
        });
    }
}
