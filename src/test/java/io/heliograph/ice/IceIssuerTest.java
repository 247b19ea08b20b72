package io.heliograph.ice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.IceGrant;
import io.heliograph.protocol.IceServer;
import io.heliograph.protocol.IceServer.Credential;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Settings.Ice.Turn;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IceIssuerTest {
    private static final PeerId PEER = new PeerId("pAlice");
    private static final Optional<Name> ALICE = Optional.of(new Name("alice"));
    private static final List<String> STUN = List.of("stun:stun.example.org");
    private static final List<String> TURN = List.of("turn:turn.example.org", "turns:turn.example.org");
    /** An hour before the moment whose credentials are quoted below, as openssl computed them. */
    private static final Instant NOW = Instant.ofEpochSecond(1_767_225_600 - 3_600);

    @Test
    void withNothingConfiguredThereAreNoServersAndNoTime() {
        assertEquals(IceGrant.NONE, grant(new Settings.Ice(List.of(), Optional.empty()), ALICE));
    }

    @Test
    void stunServersNeedNoCredentialAndLastForEver() {
        assertEquals(
                new IceGrant(List.of(new IceServer(STUN, Optional.empty())), OptionalInt.empty()),
                grant(new Settings.Ice(STUN, Optional.empty()), ALICE));
    }

    @Test
    void aCredentialIsTheTimeAndTheUserSignedWithTheSecret() {
        IceGrant grant = grant(timed("s3cret"), ALICE);
        assertEquals(
                List.of(
                        new IceServer(STUN, Optional.empty()),
                        new IceServer(TURN, credential("1767225600:alice", "+CKIbET1K2zFrSOk2S33FcZCpuI="))),
                grant.servers());
        assertEquals(OptionalInt.of(3_600), grant.ttlSeconds());
    }

    @Test
    void whoHasNoUserIsNamedByItsPeer() {
        assertEquals(
                new IceServer(TURN, credential("1767225600:pAlice", "KZLAtwWkS8NgqQ72r2XMBinux9g=")),
                grant(timed("s3cret"), Optional.empty()).servers().get(1));
    }

    @Test
    void twoSecretsGiveACredentialEachForTheSameServers() {
        List<IceServer> servers = grant(timed("s3cret", "n3w"), ALICE).servers();
        assertEquals(
                List.of(
                        new IceServer(TURN, credential("1767225600:alice", "+CKIbET1K2zFrSOk2S33FcZCpuI=")),
                        new IceServer(TURN, credential("1767225600:alice", "gXl5v0a8MCc45MB9l+B8nZ8PCDw="))),
                servers.subList(1, servers.size()));
    }

    @Test
    void aClientThatIsLetInForLessGetsCredentialsForLess() {
        IceIssuer issuer = new IceIssuer(timed("s3cret"), InstantSource.fixed(NOW));
        IceGrant less = issuer.grant(ALICE, PEER, OptionalInt.of(60));
        assertEquals(OptionalInt.of(60), less.ttlSeconds());
        assertTrue(username(less).startsWith((NOW.getEpochSecond() + 60) + ":"), username(less));
        IceGrant notMore = issuer.grant(ALICE, PEER, OptionalInt.of(86_400));
        assertEquals(OptionalInt.of(3_600), notMore.ttlSeconds());
    }

    @Test
    void aFixedCredentialIsEverybodysAndLastsForEver() {
        Turn.Fixed turn = new Turn.Fixed(TURN, new Credential("web", new Secret("hunter2")));
        assertEquals(
                new IceGrant(List.of(new IceServer(TURN, credential("web", "hunter2"))), OptionalInt.empty()),
                grant(new Settings.Ice(List.of(), Optional.of(turn)), ALICE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "Alice.B_c-d~1+x@example.org", "reunion", "selection"})
    void aPlainNameStaysAsItIs(String name) {
        assertEquals("1767225600:" + name, username(grant(timed("s3cret"), Optional.of(new Name(name)))));
    }

    @Test
    void aNameATurnServerCouldStumbleOverIsReplacedByItsDigest() {
        assertEquals(
                "1767225600:sha256-c6a12698582fc1104ea24107a2d7268145ff06ef859707729d01fd060897f067",
                username(grant(timed("s3cret"), Optional.of(new Name("Zo\u00eb")))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "a:b",
                ":",
                "a'b",
                "a\"b",
                "a\\b",
                "a%b",
                "a,b",
                "\u00e9",
                "\ud83d\ude00",
                "Reunion.SELECTION"
            })
    void noNameBringsMoreThanSafeCharactersAndEachIsTheSameEveryTime(String name) {
        String username = username(grant(timed("s3cret"), Optional.of(new Name(name))));
        assertTrue(username.matches("1767225600:sha256-[0-9a-f]{64}"), username);
        assertEquals(username, username(grant(timed("s3cret"), Optional.of(new Name(name)))));
    }

    @Test
    void theLongestNameFitsIntoTheBytesOfAStunUserName() {
        for (String one : List.of("x", "\ud83d\ude00")) {
            String username = username(grant(timed("s3cret"), Optional.of(new Name(one.repeat(Name.LENGTH_MAX)))));
            assertTrue(username.length() <= 508, username);
        }
    }

    private static IceGrant grant(Settings.Ice settings, Optional<Name> user) {
        return new IceIssuer(settings, InstantSource.fixed(NOW)).grant(user, PEER, OptionalInt.empty());
    }

    private static Settings.Ice timed(String... secrets) {
        List<Secret> shared = List.of(secrets).stream().map(Secret::new).toList();
        return new Settings.Ice(STUN, Optional.of(new Turn.Timed(TURN, shared, 3_600)));
    }

    private static Optional<Credential> credential(String username, String password) {
        return Optional.of(new Credential(username, new Secret(password)));
    }

    private static String username(IceGrant grant) {
        return grant.servers().get(1).credential().orElseThrow().username();
    }
}
