package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.IceServer;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Tenant;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an application's endpoint is asked, and what may be made of its answers. */
class WebhookCodecTest {
    private static final Grants DEFAULTS = new Grants(List.of(), false, true, false, OptionalInt.of(7));
    private static final String TOO_MANY_URLS = "[" + "\"stun:a\",".repeat(16) + "\"stun:a\"]";

    private static Identity identity(String body) {
        return WebhookCodec.identity(Buffer.buffer(body), DEFAULTS);
    }

    @Test
    void theQuestionHasWhatTheClientSaidAndNoMore() {
        assertEquals(
                new JsonObject().put("v", 1).put("user", "alice").put("token", "\"\n"),
                new JsonObject(WebhookCodec.question(Optional.of(new Name("alice")), Optional.of(new Secret("\"\n")))));
        assertEquals(
                "{\"v\":1}",
                WebhookCodec.question(Optional.empty(), Optional.empty()).toString());
    }

    @Test
    void aUserIsEnoughAndTheDefaultsHold() {
        assertEquals(
                Identity.vouched(new Name("älice"), DEFAULTS, Optional.empty()),
                identity("{\"user\":\"älice\",\"unknown\":[null]}"));
    }

    @Test
    void theUserMayBeATenantsOwn() {
        assertEquals(
                Optional.of(new Name(Optional.of(new Tenant("acme")), "alice")),
                identity("{\"user\":\"alice\",\"tenant\":\"acme\"}").user());
    }

    @Test
    void grantsExpiryAndIceServersAreTakenAsTheyStand() {
        Identity identity = identity("""
                {"user":"alice","expires":1800000000,"grants":{"rooms":["team-*"],"publish":true},
                 "iceServers":[{"urls":"stun:a:1"},{"urls":["turn:[::1]:3478?transport=tcp","turns:b"],
                                "username":"u","credential":"c","credentialType":"password"}]}""");
        assertEquals(
                new Grants(List.of(RoomPattern.parse("team-*")), true, true, false, OptionalInt.of(7)),
                identity.grants());
        assertEquals(Optional.of(Instant.ofEpochSecond(1_800_000_000)), identity.expiry());
        assertEquals(
                Optional.of(List.of(
                        new IceServer(List.of("stun:a:1"), Optional.empty()),
                        new IceServer(
                                List.of("turn:[::1]:3478?transport=tcp", "turns:b"),
                                Optional.of(new IceServer.Credential("u", new Secret("c")))))),
                identity.iceServers());
        assertEquals(
                Optional.of(List.of()),
                identity("{\"user\":\"alice\",\"iceServers\":[]}").iceServers());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "\"alice\"", "{", "{\"user\":\"a\",\"user\":\"b\"}", "<html>", "{}{}"})
    void whatIsNoObjectIsMalformed(String body) {
        assertMalformed("body: malformed (expected: a JSON object in UTF-8, each member once)", body);
    }

    @Test
    void whatIsNoUtf8OrNestedWithoutEndIsMalformed() {
        Buffer latin = Buffer.buffer("{\"user\":\"älice\"}", "ISO-8859-1");
        assertThrows(IllegalArgumentException.class, () -> WebhookCodec.identity(latin, DEFAULTS));
        assertThrows(IllegalArgumentException.class, () -> identity("{\"user\":" + "[".repeat(60_000)));
        assertThrows(
                IllegalArgumentException.class,
                () -> identity("{\"user\":\"a\",\"iceServers\":" + "[".repeat(30_000) + "]".repeat(30_000) + "}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|user: missing",
                "{\"user\":null}|user: of another kind",
                "{\"user\":5}|user: of another kind",
                "{\"user\":\"\"}|user: 0 characters",
                "{\"user\":\"a\\u0000\"}|user: a control character",
                "{\"user\":\"a\",\"tenant\":5}|tenant: of another kind",
                "{\"user\":\"a\",\"tenant\":\"\"}|tenant: 0 characters",
                "{\"user\":\"a\",\"expires\":\"soon\"}|expires: no time",
                "{\"user\":\"a\",\"expires\":-1}|expires: no time",
                "{\"user\":\"a\",\"expires\":null}|expires: no time",
                "{\"user\":\"a\",\"grants\":[]}|grants: of another kind",
                "{\"user\":\"a\",\"grants\":{\"rooms\":\"*\"}}|grants.rooms: of another kind",
                "{\"user\":\"a\",\"grants\":{\"call\":1}}|grants.call: of another kind",
                "{\"user\":\"a\",\"grants\":{\"capacity\":0}}|grants.capacity: no capacity",
                "{\"user\":\"a\",\"iceServers\":{}}|iceServers: of another kind",
                "{\"user\":\"a\",\"iceServers\":null}|iceServers: of another kind",
                "{\"user\":\"a\",\"iceServers\":[null]}|iceServers[0]: of another kind",
                "{\"user\":\"a\",\"iceServers\":[{}]}|iceServers[0].urls: missing",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":[]}]}|iceServers[0].urls: 0 of them",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":\"http://hidden\"}]}|iceServers[0].urls: another",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":[\"stun:a\",7]}]}|iceServers[0].urls: another",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":\"stun:a\"},{\"urls\":\"turn:b\"}]}|iceServers[1]: one of",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":\"turn:b\",\"username\":\"u\"}]}|iceServers[0]: one of",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":\"stun:b\",\"credential\":\"c\"}]}|iceServers[0]: one of",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":\"stun:b\",\"username\":{}}]}|iceServers[0].username: another",
            })
    void whatIsWrongIsNamedAndNotShown(String body, String problem) {
        String text = malformed(body);
        assertTrue(text.startsWith(problem), text);
        assertFalse(text.contains("hidden"), text);
    }

    @Test
    void iceServersAreBoundedInNumberAndLength() {
        String one = "{\"urls\":\"stun:a\"},";
        assertMalformed(
                "iceServers: 33 of them (expected: <= 32)",
                "{\"user\":\"a\",\"iceServers\":[" + one.repeat(32) + "{\"urls\":\"stun:a\"}]}");
        assertMalformed(
                "iceServers[0].urls: 17 of them (expected: 1 to 16)",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":" + TOO_MANY_URLS + "}]}");
        assertMalformed(
                "iceServers[0].credential: another (expected: a string of 1 to 512 characters)",
                "{\"user\":\"a\",\"iceServers\":[{\"urls\":\"turn:a\",\"username\":\"u\",\"credential\":\""
                        + "c".repeat(513) + "\"}]}");
    }

    private static void assertMalformed(String expected, String body) {
        assertEquals(expected, malformed(body));
    }

    private static String malformed(String body) {
        return String.valueOf(assertThrows(IllegalArgumentException.class, () -> identity(body))
                .getMessage());
    }

    private static Optional<String> reason(Object said) {
        return WebhookCodec.reason(new JsonObject().put("reason", said).toBuffer());
    }

    @Test
    void aReasonIsOneShortLine() {
        assertEquals(Optional.of("no such user"), reason("no such user"));
        assertEquals(Optional.of("a b [31mc"), reason(" a\r\nb\u2028\u001b[31mc\u202e"));
        assertEquals(Optional.of("😀".repeat(200)), reason("😀".repeat(201)));
    }

    @Test
    void whatIsNoReasonIsNone() {
        assertEquals(Optional.empty(), reason(" \n"));
        assertEquals(Optional.empty(), reason(5));
        assertEquals(Optional.empty(), reason(new JsonArray()));
        assertEquals(Optional.empty(), WebhookCodec.reason(Buffer.buffer("{}")));
        assertEquals(Optional.empty(), WebhookCodec.reason(Buffer.buffer("Forbidden")));
        assertEquals(Optional.empty(), WebhookCodec.reason(Buffer.buffer()));
    }
}
