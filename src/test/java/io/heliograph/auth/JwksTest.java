package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that a real HTTP server has, and what becomes of tokens when it changes them, or does not answer. */
class JwksTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final KeyPair RSA = Tokens.rsa(2_048);
    private static final KeyPair WEAK = Tokens.rsa(1_024);
    private static final KeyPair EC = Tokens.ec("secp256r1");
    private static final KeyPair EDWARDS = Tokens.edwards("Ed25519");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    /** So that a whole set takes longer than anybody waits. */
    private static final int DRIP_MILLIS = 200;

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger fetched = new AtomicInteger();
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile int status = 200;
    private volatile String body = "";
    private volatile Optional<String> cacheControl = Optional.empty();
    private volatile boolean silent;
    private volatile boolean dripping;

    @SuppressWarnings("NullAway.Init")
    private HttpServer provider;

    @BeforeEach
    void start() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        provider.createContext("/keys", exchange -> {
            fetched.incrementAndGet();
            if (silent) {
                await(Long.MAX_VALUE);
            }
            cacheControl.ifPresent(control -> exchange.getResponseHeaders().set("Cache-Control", control));
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length);
            for (byte each : dripping ? bytes : new byte[0]) {
                exchange.getResponseBody().write(each);
                exchange.getResponseBody().flush();
                await(DRIP_MILLIS);
            }
            exchange.getResponseBody().write(dripping ? new byte[0] : bytes);
            exchange.close();
        });
        provider.start();
    }

    @AfterEach
    void stop() throws Exception {
        over.countDown();
        provider.stop(0);
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private void await(long millis) {
        try {
            over.await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private Authenticator authenticator() {
        return authenticator(List.of());
    }

    private Authenticator authenticator(List<Secret> secrets) {
        Settings.Auth.Jwt settings = new Settings.Auth.Jwt(
                secrets,
                List.of(),
                Optional.of("http://127.0.0.1:" + provider.getAddress().getPort() + "/keys"),
                Optional.empty(),
                Optional.empty(),
                Grants.ALL);
        return JwtAuthenticator.of(settings, () -> NOW).apply(vertx);
    }

    private static JsonObject claims() {
        return Tokens.claims("alice", NOW.getEpochSecond() + 60);
    }

    private void assertGood(Authenticator authenticator, String token) {
        assertEquals(
                Optional.of(new Name("alice")),
                Tokens.verify(vertx, authenticator, token).user());
    }

    private Refusal refusal(Authenticator authenticator, String token) {
        return assertThrows(Refusal.class, () -> Tokens.verify(vertx, authenticator, token));
    }

    private static String named(String id, KeyPair pair) {
        JsonObject header = new JsonObject().put("alg", "ES256").put("kid", id);
        return Tokens.token(header, Tokens.signer("SHA256withECDSAinP1363Format", pair), claims().encode());
    }

    private void has(JsonObject... keys) {
        body = new JsonObject().put("keys", new JsonArray(Arrays.asList(keys))).encode();
    }

    private static JsonObject rsa(KeyPair pair) {
        RSAPublicKey key = (RSAPublicKey) pair.getPublic();
        return new JsonObject()
                .put("kty", "RSA")
                .put("n", number(key.getModulus(), key.getModulus().bitLength() / 8))
                .put("e", number(key.getPublicExponent(), 3));
    }

    private static JsonObject ec(KeyPair pair, String id) {
        ECPublicKey key = (ECPublicKey) pair.getPublic();
        return new JsonObject()
                .put("kty", "EC")
                .put("crv", "P-256")
                .put("kid", id)
                .put("x", number(key.getW().getAffineX(), 32))
                .put("y", number(key.getW().getAffineY(), 32));
    }

    /** RFC 8037: the last 32 bytes of what RFC 8410 wraps it in. */
    private static JsonObject edwards(KeyPair pair) {
        byte[] encoded = pair.getPublic().getEncoded();
        return new JsonObject()
                .put("kty", "OKP")
                .put("crv", "Ed25519")
                .put("x", Tokens.base64(Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length)));
    }

    private static String number(BigInteger number, int bytes) {
        byte[] signed = number.toByteArray();
        byte[] unsigned = new byte[bytes];
        int length = Math.min(signed.length, bytes);
        System.arraycopy(signed, signed.length - length, unsigned, bytes - length, length);
        return Tokens.base64(unsigned);
    }

    @Test
    void keysOfEveryKindAreFetchedOnce() {
        has(rsa(RSA), ec(EC, "a"), edwards(EDWARDS));
        Authenticator authenticator = authenticator();
        assertEquals(0, fetched.get());
        assertGood(authenticator, Tokens.rs256(RSA, claims()));
        assertGood(authenticator, Tokens.es256(EC, claims()));
        assertGood(authenticator, Tokens.eddsa(EDWARDS, claims()));
        assertGood(authenticator, named("a", EC));
        assertEquals(1, fetched.get());
    }

    @Test
    void aTokenThatNamesANewKeyHasThemFetchedAnewButNotAllTheTime() {
        KeyPair next = Tokens.ec("secp256r1");
        has(ec(EC, "a"));
        Authenticator early = authenticator();
        assertGood(early, named("a", EC));
        has(ec(EC, "a"), ec(next, "b"));
        // It has just asked.
        assertEquals(
                "token: by a key that is not here yet (expected: again, later)",
                refusal(early, named("b", next)).text());
        assertEquals(1, fetched.get());
        assertTrue(becomesGood(early, named("b", next)), "never asked again");
        assertEquals(2, fetched.get());
        for (int i = 0; i < 100; i++) {
            assertEquals(
                    ErrorCode.UNAVAILABLE, refusal(early, named("c" + i, next)).code());
        }
        assertEquals(2, fetched.get());
        assertTrue(becomes(Optional.of(ErrorCode.UNAUTHORIZED), early, named("c", next)), "never asked again");
        assertEquals(3, fetched.get());
    }

    private boolean becomesGood(Authenticator authenticator, String token) {
        return becomes(Optional.empty(), authenticator, token);
    }

    /** {@code outcome} is the refusal's code, if it is one. */
    private boolean becomes(Optional<ErrorCode> outcome, Authenticator authenticator, String token) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (System.nanoTime() < end) {
            if (outcome(authenticator, token).equals(outcome)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private Optional<ErrorCode> outcome(Authenticator authenticator, String token) {
        try {
            Tokens.verify(vertx, authenticator, token);
            return Optional.empty();
        } catch (Refusal refusal) {
            return Optional.of(refusal.code());
        }
    }

    @Test
    void whatMustNotCheckTokensDoesNot() {
        JsonObject shared = new JsonObject().put("kty", "oct").put("k", Tokens.base64(SECRET));
        has(shared, rsa(WEAK), ec(EC, "a").put("use", "enc"));
        Authenticator authenticator = authenticator();
        assertEquals(
                "token: alg: another one (expected: RS256 or ES256 or EdDSA)",
                refusal(authenticator, Tokens.hs256(SECRET, claims())).text());
        for (String token : List.of(Tokens.rs256(WEAK, claims()), Tokens.es256(EC, claims()), named("a", EC))) {
            assertEquals(
                    "token: signature: wrong (expected: one by a key that is known here)",
                    refusal(authenticator, token).text());
        }
    }

    @Test
    void whereThereAreNoKeysTheClientIsToComeAgain() {
        Authenticator authenticator = authenticator();
        for (String answer : List.of("no JSON", "{}", "{\"keys\":[]}", "{\"keys\":{\"a\":1}}", "x".repeat(2 << 20))) {
            body = answer;
            assertUnavailable(authenticator());
        }
        has(ec(EC, "a"));
        status = 500;
        assertUnavailable(authenticator);
        int before = fetched.get();
        for (int i = 0; i < 100; i++) {
            assertUnavailable(authenticator);
        }
        // Nobody waits for one who has just failed.
        assertEquals(before, fetched.get());
    }

    private void assertUnavailable(Authenticator authenticator) {
        Refusal refusal = refusal(authenticator, named("a", EC));
        assertEquals(ErrorCode.UNAVAILABLE, refusal.code());
        assertEquals("token: no keys to check it with (expected: again, later)", refusal.text());
    }

    @Test
    void whoDoesNotAnswerIsNotWaitedForLong() {
        silent = true;
        long begun = System.nanoTime();
        assertUnavailable(authenticator());
        assertTrue(System.nanoTime() - begun < 15_000_000_000L, "waited for too long");
    }

    @Test
    void whoIsFetchedFromByDropsHoldsUpNobodyWhoseKeyIsKnown() throws Exception {
        has(ec(EC, "a"));
        Authenticator authenticator = authenticator();
        assertGood(authenticator, named("a", EC));
        dripping = true;
        CompletableFuture<Identity> waiting;
        do {
            waiting = Tokens.ask(vertx, authenticator, named("b", EC));
        } while (fetched.get() == 1);
        assertGood(authenticator, named("a", EC));
        assertFalse(waiting.isDone(), "nobody waits");
        CompletableFuture<Identity> refused = waiting;
        assertEquals(
                ErrorCode.UNAVAILABLE,
                assertThrows(Refusal.class, () -> Tokens.identity(refused)).code());
        assertGood(authenticator, named("a", EC));
    }

    @ParameterizedTest
    @ValueSource(strings = {"public, max-age=1, must-revalidate", "Max-Age=\"1\"", "x-max-age=3000,max-age=1"})
    void howLongTheyAreGoodIsSaidWithThem(String control) {
        has(ec(EC, "a"));
        cacheControl = Optional.of(control);
        Authenticator authenticator = authenticator();
        assertGood(authenticator, named("a", EC));
        has(ec(Tokens.ec("secp256r1"), "b"));
        assertTrue(becomes(Optional.of(ErrorCode.UNAUTHORIZED), authenticator, named("a", EC)), "still good");
        assertEquals(2, fetched.get());
    }

    @Test
    void whatIsNoKeyIsPassedOver() {
        JsonObject good = ec(EC, "a");
        body = new JsonObject()
                .put(
                        "keys",
                        new JsonArray()
                                .addNull()
                                .add("x")
                                .add(5)
                                .add(new JsonObject())
                                .add(good))
                .encode();
        assertGood(authenticator(), named("a", EC));
    }

    @Test
    void keysOnceHadAreGoodWhileTheirAddressDoesNotAnswer() {
        has(ec(EC, "a"));
        Authenticator authenticator = authenticator();
        assertGood(authenticator, named("a", EC));
        provider.stop(0);
        assertEquals(
                ErrorCode.UNAVAILABLE, refusal(authenticator, named("b", EC)).code());
        assertGood(authenticator, named("a", EC));
    }

    @Test
    void aSecretMayBeThereAsWell() {
        has(ec(EC, "a"));
        Authenticator both = authenticator(List.of(new Secret(SECRET)));
        assertGood(both, Tokens.hs256(SECRET, claims()));
        assertEquals(0, fetched.get());
        assertGood(both, named("a", EC));
        assertEquals(1, fetched.get());
    }
}
