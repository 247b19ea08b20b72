package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Tenant;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens are good, and why others are not. */
class JwtAuthenticatorTest {
    private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000);
    private static final long NOW_SECONDS = NOW.getEpochSecond();
    private static final long SOON = NOW_SECONDS + 60;
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final Grants DEFAULTS = new Grants(List.of(RoomPattern.ANY), false, true, true, OptionalInt.empty());
    /** In what a token says, and in no answer. */
    private static final String MARK = "hunter2";

    private static final KeyPair RSA = Tokens.rsa(2_048);
    private static final KeyPair EC = Tokens.ec("secp256r1");
    private static final KeyPair EDWARDS = Tokens.edwards("Ed25519");
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir
    private Path directory = Path.of("");

    @AfterAll
    static void close() throws Exception {
        VERTX.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private static Authenticator forSecrets(String... secrets) {
        return authenticator(Arrays.stream(secrets).map(Secret::new).toList());
    }

    private static Authenticator authenticator(List<Secret> secrets, Path... files) {
        return authenticator(new Settings.Auth.Jwt(
                secrets, List.of(files), Optional.empty(), Optional.empty(), Optional.empty(), DEFAULTS));
    }

    private static Authenticator authenticator(Settings.Auth.Jwt settings) {
        return JwtAuthenticator.of(settings, () -> NOW).apply(VERTX);
    }

    private static Identity identity(Authenticator authenticator, String token) {
        return Tokens.verify(VERTX, authenticator, token);
    }

    private Authenticator forAll() {
        Path file = Tokens.file(directory, "keys.pem", RSA.getPublic(), EC.getPublic(), EDWARDS.getPublic());
        return authenticator(List.of(new Secret(SECRET)), file);
    }

    private static JsonObject claims() {
        return Tokens.claims("alice", SOON);
    }

    private static String refusal(Authenticator authenticator, String token) {
        Refusal refusal = assertThrows(Refusal.class, () -> identity(authenticator, token));
        assertEquals(ErrorCode.UNAUTHORIZED, refusal.code());
        assertFalse(refusal.text().contains(MARK), refusal.text());
        return refusal.text();
    }

    static Stream<Arguments> algorithms() {
        return Stream.<Function<JsonObject, String>>of(
                        claims -> Tokens.hs256(SECRET, claims),
                        claims -> Tokens.rs256(RSA, claims),
                        claims -> Tokens.es256(EC, claims),
                        claims -> Tokens.eddsa(EDWARDS, claims))
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aTokenSignedWithAKeyThatIsKnownSaysWhoItIs(Function<JsonObject, String> sign) {
        JsonObject grants = Tokens.rooms("standup", "team-*")
                .put("publish", true)
                .put("call", false)
                .put("watch", false)
                .put("capacity", 100);
        Identity alice = identity(forAll(), sign.apply(claims().put("grants", grants)));

        assertEquals(Optional.of(new Name("alice")), alice.user());
        assertEquals(Optional.of(Instant.ofEpochSecond(SOON)), alice.expiry());
        assertEquals(
                new Grants(
                        List.of(RoomPattern.parse("standup"), RoomPattern.parse("team-*")),
                        true,
                        false,
                        false,
                        OptionalInt.of(100)),
                alice.grants());
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void aTokenOfWhichAnythingIsChangedIsNot(Function<JsonObject, String> sign) {
        String[] alice = sign.apply(claims()).split("\\.", -1);
        String[] eve = sign.apply(Tokens.claims("eve", SOON)).split("\\.", -1);
        assertEquals(
                "token: signature: wrong (expected: one by a key that is known here)",
                refusal(forAll(), alice[0] + "." + eve[1] + "." + alice[2]));
    }

    @Test
    void whereItIsSaidWhoMakesTokensAndForWhomOthersAreNoGood() {
        Authenticator choosy = authenticator(new Settings.Auth.Jwt(
                List.of(new Secret(SECRET)),
                List.of(),
                Optional.empty(),
                Optional.of("https://id.example.org"),
                Optional.of("heliograph"),
                DEFAULTS));
        JsonObject ours = claims().put("iss", "https://id.example.org").put("aud", "heliograph");
        JsonObject several = ours.copy().put("aud", new JsonArray().add("shop").add("heliograph"));
        for (JsonObject good : List.of(ours, several)) {
            assertEquals(
                    Optional.of(new Name("alice")),
                    identity(choosy, Tokens.hs256(SECRET, good)).user());
        }
        for (Object other :
                List.of("https://id.example.org/", MARK, 1, new JsonArray().add("https://id.example.org"))) {
            assertEquals(
                    "token: iss: another one, or none (expected: auth.jwt.issuer)",
                    refusal(choosy, Tokens.hs256(SECRET, ours.copy().put("iss", other))));
        }
        for (Object other :
                List.of("shop", MARK, 1, new JsonArray(), new JsonArray().add("heliograph2"), new JsonObject())) {
            assertEquals(
                    "token: aud: others, or none (expected: auth.jwt.audience)",
                    refusal(choosy, Tokens.hs256(SECRET, ours.copy().put("aud", other))));
        }
        assertEquals(
                "token: iss: another one, or none (expected: auth.jwt.issuer)",
                refusal(choosy, Tokens.hs256(SECRET, claims().put("aud", "heliograph"))));
        assertEquals(
                "token: aud: others, or none (expected: auth.jwt.audience)",
                refusal(
                        choosy,
                        Tokens.hs256(
                                SECRET,
                                claims().put("iss", "https://id.example.org").putNull("aud"))));
    }

    @Test
    void aTokensTenantIsTheOneItNamesOrElseItsIssuer() {
        JsonObject issued = claims().put("iss", "https://acme.example.org");
        assertEquals(Optional.of(new Tenant("https://acme.example.org")), tenant(Optional.empty(), issued));
        assertEquals(
                Optional.of(new Tenant("acme")),
                tenant(Optional.empty(), issued.copy().put("tenant", "acme")));
        assertEquals(Optional.empty(), tenant(Optional.empty(), claims()));
    }

    @Test
    void whereThereIsOneIssuerOnlyItIsNoTenant() {
        JsonObject issued = claims().put("iss", "us");
        assertEquals(Optional.empty(), tenant(Optional.of("us"), issued));
        assertEquals(
                Optional.of(new Tenant("acme")),
                tenant(Optional.of("us"), issued.copy().put("tenant", "acme")));
    }

    private static Optional<Tenant> tenant(Optional<String> issuer, JsonObject claims) {
        Settings.Auth.Jwt settings = new Settings.Auth.Jwt(
                List.of(new Secret(SECRET)), List.of(), Optional.empty(), issuer, Optional.empty(), DEFAULTS);
        return identity(authenticator(settings), Tokens.hs256(SECRET, claims)).tenant();
    }

    @Test
    void anyOfSeveralKeysOfAKindMayHaveSigned() {
        KeyPair second = Tokens.ec("secp256r1");
        Path both = Tokens.file(directory, "both.pem", EC.getPublic(), second.getPublic());
        Path third = Tokens.file(directory, "third.pem", EDWARDS.getPublic());
        Authenticator authenticator = authenticator(List.of(), both, third);
        for (String token :
                List.of(Tokens.es256(EC, claims()), Tokens.es256(second, claims()), Tokens.eddsa(EDWARDS, claims()))) {
            assertEquals(
                    Optional.of(new Name("alice")),
                    identity(authenticator, token).user());
        }
        String other = "another-secret-of-32-characters!";
        for (String secret : List.of(SECRET, other)) {
            assertEquals(
                    Optional.of(new Name("alice")),
                    identity(forSecrets(SECRET, other), Tokens.hs256(secret, claims()))
                            .user());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "HS384", "RS256", "PS256", "", "hs256", "dir"})
    void anAlgorithmWithoutAKeyIsRefused(String algorithm) {
        for (String token : List.of(
                Tokens.token(algorithm, text -> new byte[0], claims()),
                Tokens.token(algorithm, Tokens.hmac(SECRET.getBytes(StandardCharsets.UTF_8)), claims()))) {
            assertEquals("token: alg: another one (expected: HS256)", refusal(forSecrets(SECRET), token));
        }
    }

    @Test
    void anAlgorithmThatIsNoTextIsRefused() {
        for (JsonObject header :
                List.of(new JsonObject(), new JsonObject().put("alg", 5), new JsonObject().putNull("alg"))) {
            String token =
                    Tokens.token(header, Tokens.hmac(SECRET.getBytes(StandardCharsets.UTF_8)), claims().encode());
            assertEquals("token: alg: another one (expected: HS256)", refusal(forSecrets(SECRET), token));
        }
    }

    /** RFC 8725, section 2.1. */
    @Test
    void aPublicKeyIsNoSecret() {
        for (KeyPair pair : List.of(RSA, EC, EDWARDS)) {
            byte[] encoded = pair.getPublic().getEncoded();
            String pem = Tokens.pem("PUBLIC KEY", encoded);
            Path file = Tokens.file(directory, "keys.pem", pair.getPublic());
            for (byte[] taken : List.of(encoded, pem.getBytes(StandardCharsets.UTF_8))) {
                String token = Tokens.token("HS256", Tokens.hmac(taken), claims());
                String only = refusal(authenticator(List.of(), file), token);
                assertTrue(only.startsWith("token: alg: another one (expected: "), only);
                assertEquals(
                        "token: signature: wrong (expected: one by a key that is known here)",
                        refusal(authenticator(List.of(new Secret(SECRET)), file), token));
            }
        }
    }

    @Test
    void aSignatureThatIsNoneIsRefused() {
        Authenticator all = forAll();
        for (String token : List.of(
                Tokens.token("ES256", text -> new byte[64], claims()),
                Tokens.token("ES256", Tokens.signer("SHA256withECDSA", EC), claims()),
                Tokens.token("EdDSA", text -> new byte[64], claims()),
                Tokens.token("EdDSA", text -> new byte[3], claims()),
                Tokens.token("RS256", text -> new byte[256], claims()),
                Tokens.token("RS256", text -> new byte[0], claims()),
                Tokens.token("RS256", Tokens.signer("SHA512withRSA", RSA), claims()),
                Tokens.hs256("another-secret-of-32-characters!", claims()),
                Tokens.token("HS256", text -> new byte[32], claims()))) {
            String refusal = refusal(all, token);
            assertTrue(refusal.contains("signature: "), refusal);
        }
    }

    /** RFC 7515, section 4.1.11. */
    @Test
    void aHeaderThatMustBeUnderstoodIsRefused() {
        JsonObject header = new JsonObject()
                .put("alg", "HS256")
                .put("crit", new JsonArray().add(MARK))
                .put(MARK, true);
        String token = Tokens.token(header, Tokens.hmac(SECRET.getBytes(StandardCharsets.UTF_8)), claims().encode());
        assertEquals(
                "token: header or signature: not understood (expected: no crit, and a signature as alg says)",
                refusal(forSecrets(SECRET), token));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                "...",
                "hunter2",
                "a.b.c",
                "a.b",
                "\u0000",
                "e30.e30.e30",
                "W10.e30.e30",
                "\ud83d\ude00.x.y"
            })
    void whatIsNoTokenIsRefused(String text) {
        String refusal = refusal(forSecrets(SECRET), text);
        assertTrue(refusal.startsWith("token: malformed") || refusal.startsWith("token: alg"), refusal);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "hunter2", "[]", "5", "null", "{\"sub\":\"eve\",\"sub\":\"alice\",\"exp\":1900000000}", "{"})
    void whatIsSignedMustBeClaims(String payload) {
        String token = Tokens.token(
                new JsonObject().put("alg", "HS256"), Tokens.hmac(SECRET.getBytes(StandardCharsets.UTF_8)), payload);
        String refusal = refusal(forSecrets(SECRET), token);
        assertTrue(refusal.startsWith("token: "), refusal);
    }

    @Test
    void aTokenThatIsTooLongIsRefused() {
        String token = Tokens.hs256(SECRET, claims().put("more", "x".repeat(8_192)));
        Future<Identity> refused = forSecrets(SECRET).identify(Optional.empty(), Optional.of(new Secret(token)));
        assertEquals(
                "token: " + token.length() + " characters (expected: <= 8192)",
                assertInstanceOf(Refusal.class, refused.cause()).text());
    }

    static Stream<Arguments> badClaims() {
        String longName = "a".repeat(129);
        return Stream.of(
                Arguments.of("exp: missing (expected: a time)", new JsonObject().put("sub", "alice")),
                Arguments.of("exp: over (expected: a time to come)", Tokens.claims("alice", NOW_SECONDS)),
                Arguments.of("exp: over (expected: a time to come)", Tokens.claims("alice", NOW_SECONDS - 1)),
                Arguments.of("exp: no time (expected: seconds since 1970)", claims().put("exp", MARK)),
                Arguments.of("exp: no time (expected: seconds since 1970)", claims().putNull("exp")),
                Arguments.of("exp: no time (expected: seconds since 1970)", claims().put("exp", -1)),
                Arguments.of("exp: no time (expected: seconds since 1970)", claims().put("exp", 1e300)),
                Arguments.of("nbf: to come (expected: a time that is over)", claims().put("nbf", NOW_SECONDS + 11)),
                Arguments.of("nbf: no time (expected: seconds since 1970)", claims().put("nbf", true)),
                Arguments.of(
                        "sub: missing (expected: the name of a user)",
                        new JsonObject().put("exp", SOON).put("user", MARK)),
                Arguments.of("sub: of another kind (expected: a string)", claims().put("sub", 5)),
                Arguments.of("sub: of another kind (expected: a string)", claims().putNull("sub")),
                Arguments.of("sub: 129 characters (expected: 1 to 128)", claims().put("sub", longName)),
                Arguments.of("sub: 0 characters (expected: 1 to 128)", claims().put("sub", "")),
                Arguments.of("sub: a control character (expected: none)", claims().put("sub", MARK + "\n")),
                Arguments.of("tenant: of another kind (expected: a string)", claims().put("tenant", 5)),
                Arguments.of(
                        "tenant: of another kind (expected: a string)",
                        claims().put("iss", MARK).putNull("tenant")),
                Arguments.of("tenant: 0 characters (expected: 1 to 255)", claims().put("tenant", "")),
                Arguments.of("iss: of another kind (expected: a string)", claims().put("iss", new JsonArray())),
                Arguments.of("iss: 256 characters (expected: 1 to 255)", claims().put("iss", "a".repeat(256))),
                Arguments.of("grants: of another kind (expected: an object)", claims().put("grants", MARK)),
                Arguments.of("grants: of another kind (expected: an object)", claims().putNull("grants")),
                Arguments.of("grants.rooms: of another kind (expected: an array of strings)", granting("rooms", MARK)),
                Arguments.of(
                        "grants.rooms: of another kind (expected: an array of strings)",
                        granting("rooms", new JsonArray().add(MARK).add(5))),
                Arguments.of(
                        "grants.rooms: 0 characters (expected: 1 to 128)", granting("rooms", new JsonArray().add(""))),
                Arguments.of(
                        "grants.rooms: 129 characters (expected: 1 to 128)",
                        granting("rooms", new JsonArray().add(longName + "*"))),
                Arguments.of(
                        "grants.rooms: 257 of them (expected: <= 256)",
                        granting("rooms", new JsonArray(Collections.nCopies(257, MARK)))),
                Arguments.of("grants.publish: of another kind (expected: true or false)", granting("publish", "true")),
                Arguments.of("grants.call: of another kind (expected: true or false)", granting("call", 1)),
                Arguments.of("grants.watch: of another kind (expected: true or false)", granting("watch", MARK)),
                Arguments.of("grants.capacity: no capacity (expected: an integer >= 1)", granting("capacity", 0)),
                Arguments.of("grants.capacity: no capacity (expected: an integer >= 1)", granting("capacity", 1.5)),
                Arguments.of("grants.capacity: no capacity (expected: an integer >= 1)", granting("capacity", MARK)));
    }

    private static JsonObject granting(String grant, Object value) {
        return claims().put("grants", new JsonObject().put(grant, value));
    }

    @ParameterizedTest
    @MethodSource("badClaims")
    void aClaimThatIsNotAsItMustBeIsNamed(String reason, JsonObject claims) {
        assertEquals("token: " + reason, refusal(forSecrets(SECRET), Tokens.hs256(SECRET, claims)));
    }

    @Test
    void theClockOfWhoeverMakesTokensMayBeTenSecondsAhead() {
        String token =
                Tokens.hs256(SECRET, claims().put("nbf", NOW_SECONDS + 10).put("iat", NOW_SECONDS + 9_999));
        assertEquals(
                Optional.of(new Name("alice")),
                identity(forSecrets(SECRET), token).user());
    }

    @Test
    void aTimeMayHaveAFraction() {
        String token = Tokens.hs256(SECRET, claims().put("exp", NOW_SECONDS + 0.5));
        assertEquals(
                Optional.of(NOW.plusMillis(500)),
                identity(forSecrets(SECRET), token).expiry());
    }

    @Test
    void whatIsNotSaidIsAsConfigured() {
        assertEquals(
                DEFAULTS,
                identity(forSecrets(SECRET), Tokens.hs256(SECRET, claims())).grants());
        JsonObject none =
                claims().put("grants", Tokens.rooms().put("something", MARK)).put("other", MARK);
        assertEquals(
                new Grants(List.of(), false, true, true, OptionalInt.empty()),
                identity(forSecrets(SECRET), Tokens.hs256(SECRET, none)).grants());
    }

    @Test
    void aCapacityMayBeAnyInteger() {
        String token = Tokens.hs256(SECRET, granting("capacity", Long.MAX_VALUE));
        assertEquals(
                OptionalInt.of(Integer.MAX_VALUE),
                identity(forSecrets(SECRET), token).grants().capacity());
    }

    @Test
    void whateverIsDoneToATokenTheAnswerIsARefusal() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Authenticator all = forAll();
        List<String> tokens = algorithms()
                .map(arguments -> {
                    @SuppressWarnings("unchecked")
                    var sign = (Function<JsonObject, String>) arguments.get()[0];
                    return sign.apply(claims().put("grants", Tokens.rooms(MARK)));
                })
                .toList();
        for (int round = 0; round < 2_000; round++) {
            StringBuilder token = new StringBuilder(tokens.get(random.nextInt(tokens.size())));
            // Not behind the last dot: what Base64 has to spare there changes no signature.
            int at = random.nextInt(token.lastIndexOf("."));
            char before = token.charAt(at);
            char put = (char) (random.nextBoolean() ? random.nextInt(128) : "-_.AZaz09".charAt(random.nextInt(9)));
            if (put == before) {
                continue;
            }
            token.setCharAt(at, put);
            Throwable refusal = assertThrows(Throwable.class, () -> identity(all, token.toString()), "seed " + seed);
            assertInstanceOf(Refusal.class, refusal, "seed " + seed + ": " + token);
        }
    }

    @Test
    void theAnswerComesWhereItWasAskedForAndCostlyOnesAreFoundElsewhere() throws Exception {
        Path file = Tokens.file(directory, "keys.pem", EC.getPublic());
        Map<Authenticator, String> tokens = Map.of(
                authenticator(List.of(), file),
                Tokens.es256(EC, claims()),
                forSecrets(SECRET),
                Tokens.hs256(SECRET, claims()));
        for (Map.Entry<Authenticator, String> each : tokens.entrySet()) {
            CompletableFuture<Boolean> answered = new CompletableFuture<>();
            var context = VERTX.getOrCreateContext();
            context.runOnContext(run -> each.getKey()
                    .identify(Optional.empty(), Optional.of(new Secret(each.getValue())))
                    .onComplete(result -> answered.complete(result.succeeded() && Vertx.currentContext() == context)));
            assertTrue(answered.get(20, TimeUnit.SECONDS));
        }
        ExecutionException missing = assertThrows(
                ExecutionException.class,
                () -> forSecrets(SECRET)
                        .identify(Optional.of(new Name("alice")), Optional.empty())
                        .toCompletionStage()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS));
        assertEquals(
                "token: missing (expected: a JSON Web Token)",
                assertInstanceOf(Refusal.class, missing.getCause()).text());
    }

    @Test
    void whereItIsOpenEverybodyIsWhoTheySay() {
        Identity eve = Authenticator.open()
                .identify(Optional.of(new Name("eve")), Optional.of(new Secret(MARK)))
                .result();
        assertEquals(Identity.claimed(Optional.of(new Name("eve"))), eve);
        assertTrue(eve.mayResume(Optional.empty()));
    }

    @Test
    void aTokenOpensTheSessionsOfItsUserOnly() {
        Identity alice = identity(forSecrets(SECRET), Tokens.hs256(SECRET, claims()));
        assertTrue(alice.mayResume(Optional.of(new Name("alice"))));
        assertFalse(alice.mayResume(Optional.of(new Name("bob"))));
        assertFalse(alice.mayResume(Optional.empty()));
    }
}
