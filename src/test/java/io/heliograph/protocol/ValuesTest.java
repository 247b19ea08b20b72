package io.heliograph.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The bounds of the vocabulary: what is outside of them cannot exist. */
class ValuesTest {
    /** One character, two units of UTF-16. */
    private static final String EMOJI = "\uD83D\uDE00";

    @Test
    void aNameHasOneTo128Characters() {
        assertThrows(IllegalArgumentException.class, () -> new Name(""));
        assertEquals("x", new Name("x").value());
        assertEquals(128, new Name("x".repeat(128)).value().length());
        assertThrows(IllegalArgumentException.class, () -> new Name("x".repeat(129)));
    }

    @Test
    void aNameIsCountedInCodePoints() {
        assertEquals(256, new Name(EMOJI.repeat(128)).value().length());
        assertThrows(IllegalArgumentException.class, () -> new Name(EMOJI.repeat(129)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "a\uD83D", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
    void aNameHasNoLoneSurrogate(String value) {
        assertThrows(IllegalArgumentException.class, () -> new Name(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\u0000", "a\nb", "\t", "\u001f", "\u007f", "\u0080", "\u009f"})
    void aNameHasNoControlCharacter(String value) {
        assertThrows(IllegalArgumentException.class, () -> new Name(value));
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "a b", "\u00a0", "日本語", "../..", "a.b", "\"", "\\", "\uFFFD"})
    void aNameMayBeAnythingElse(String value) {
        assertEquals(value, new Name(value).toString());
    }

    @Test
    void namesOfTwoTenantsAreNeverTheSame() {
        Set<Name> names = new HashSet<>();
        Set<String> texts = new HashSet<>();
        for (Optional<Tenant> tenant : List.of(
                Optional.<Tenant>empty(), Optional.of(new Tenant("acme")), Optional.of(new Tenant("acme standup")))) {
            for (String said : List.of("standup", "acme", "x".repeat(128))) {
                Name name = new Name(said).of(tenant);
                assertEquals(said, name.value());
                assertEquals(name, Name.parse(name.toString()));
                assertTrue(names.add(name));
                assertTrue(texts.add(name.toString()));
                assertTrue(names.stream().allMatch(other -> (other.compareTo(name) == 0) == other.equals(name)));
            }
        }
        assertEquals(9, names.stream().map(Name::fingerprint).distinct().count());
        assertEquals(
                new Name("standup"),
                new Name("standup").of(Optional.of(new Tenant("a"))).of(Optional.empty()));
    }

    @Test
    void aTenantHasOneTo255Characters() {
        assertEquals(255, new Tenant("x".repeat(255)).value().length());
        for (String bad : List.of("", "x".repeat(256), "a\u001fb", "\uD83D")) {
            assertThrows(IllegalArgumentException.class, () -> new Tenant(bad));
        }
        assertThrows(IllegalArgumentException.class, () -> Name.parse("a\u001fb\u001fc"));
    }

    @Test
    void aPeerIdHasOneTo32PrintableCharacters() {
        assertThrows(IllegalArgumentException.class, () -> new PeerId(""));
        assertThrows(IllegalArgumentException.class, () -> new PeerId("x".repeat(33)));
        assertThrows(IllegalArgumentException.class, () -> new PeerId("ä"));
        assertThrows(IllegalArgumentException.class, () -> new PeerId("a\n"));
        assertThrows(IllegalArgumentException.class, () -> new PeerId("\u007f"));
        assertEquals(32, new PeerId("~".repeat(32)).value().length());
    }

    @Test
    void aRandomPeerIdIsUrlSafeAndNew() {
        Set<PeerId> ids = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            PeerId id = PeerId.random();
            assertTrue(ids.add(id));
            assertTrue(id.value().matches("p[A-Za-z0-9_-]{20,31}"), id.value());
        }
    }

    @Test
    void aNodeIdIsReadAsItWasWritten() {
        NodeId node = new NodeId("a.b", 12);
        assertEquals(node, NodeId.parse(node.toString()));
        assertTrue(new NodeId("a", 9).compareTo(new NodeId("a", 10)) < 0);
        assertThrows(IllegalArgumentException.class, () -> NodeId.parse("a"));
        assertThrows(IllegalArgumentException.class, () -> NodeId.parse(".1"));
        assertThrows(IllegalArgumentException.class, () -> NodeId.parse("a.-1"));
        assertThrows(IllegalArgumentException.class, () -> NodeId.parse("a.x"));
    }

    @Test
    void aPayloadTellsItsSizeAndNothingElse() {
        assertEquals("payload of 8 bytes", Payload.of("\"secret\"").toString());
        Member member = new Member(new PeerId("p"), 1, Optional.empty(), Optional.of(Payload.of("\"secret\"")));
        assertFalse(member.toString().contains("secret"));
    }

    @Test
    void aPayloadKeepsItsBytesToItself() {
        byte[] source = " {\"a\":1} ".getBytes(StandardCharsets.UTF_8);
        Payload payload = Payload.copyOf(source, 1, 7);
        source[2] = 'x';
        payload.toBytes()[0] = 'x';
        assertEquals(Payload.of("{\"a\":1}"), payload);
        assertEquals(Payload.of("{\"a\":1}").hashCode(), payload.hashCode());
        assertNotEquals(Payload.of("{\"a\":2}"), payload);
        byte[] target = new byte[9];
        payload.copyInto(target, 2);
        assertEquals("{\"a\":1}", new String(target, 2, 7, StandardCharsets.UTF_8));
        assertEquals(7, payload.length());
    }

    @Test
    void aWelcomeDoesNotTellItsSecret() {
        ServerMessage.Welcome welcome = new ServerMessage.Welcome(
                Optional.empty(),
                new PeerId("p"),
                Optional.empty(),
                new SessionToken(new PeerId("p"), new Secret("secret")),
                Optional.empty(),
                IceGrant.NONE,
                OptionalInt.empty(),
                1_000,
                new Limits(
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        new Limits.Intake(10_000, 0, 0, 1_000),
                        new Limits.Absence(10_000, 67_108_864)));
        assertFalse(welcome.toString().contains("secret"));
    }

    @Test
    void neitherSettingsNorRequestsTellTokensOrWhatTheyAreSignedWith() {
        Secret secret = new Secret("s3cret");
        for (Object value : List.of(
                new Settings.Auth.Jwt(
                        List.of(secret), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Grants.ALL),
                new ClientMessage.Renew(Optional.empty(), secret),
                new ClientMessage.Hello(
                        Optional.empty(), Optional.empty(), Optional.empty(), Optional.of(secret), Optional.empty()))) {
            assertFalse(value.toString().contains("s3cret"), value.toString());
        }
    }

    @Test
    void neitherSettingsNorAnswersTellTheSecretOfATurnServer() {
        List<String> urls = List.of("turn:host");
        Secret secret = new Secret("s3cret");
        IceServer.Credential credential = new IceServer.Credential("alice", secret);
        for (Object value : List.of(
                new Settings.Ice(List.of(), Optional.of(new Settings.Ice.Turn.Timed(urls, List.of(secret), 60))),
                new Settings.Ice(List.of(), Optional.of(new Settings.Ice.Turn.Fixed(urls, credential))),
                new ServerMessage.IceServers(
                        Optional.empty(),
                        new IceGrant(List.of(new IceServer(urls, Optional.of(credential))), OptionalInt.of(60))))) {
            assertFalse(value.toString().contains("s3cret"), value.toString());
        }
    }

    @Test
    void aGrantLastsAtLeastASecond() {
        assertThrows(IllegalArgumentException.class, () -> new IceGrant(List.of(), OptionalInt.of(0)));
    }

    @Test
    void turnServersNeedAnAddressAndOneOrTwoSecretsThatAreUsedForATime() {
        List<Secret> three = List.of(new Secret("a"), new Secret("b"), new Secret("c"));
        List<String> urls = List.of("turn:host");
        for (Executable bad : List.<Executable>of(
                () -> new Settings.Ice.Turn.Timed(List.of(), three.subList(0, 1), 60),
                () -> new Settings.Ice.Turn.Timed(urls, List.of(), 60),
                () -> new Settings.Ice.Turn.Timed(urls, three, 60),
                () -> new Settings.Ice.Turn.Timed(urls, three.subList(0, 1), 9),
                () -> new Settings.Ice.Turn.Timed(urls, three.subList(0, 1), 604_801),
                () -> new Settings.Ice.Turn.Fixed(List.of(), new IceServer.Credential("u", new Secret("p"))))) {
            assertThrows(IllegalArgumentException.class, bad);
        }
    }

    @Test
    void aCapacityIsNotNegative() {
        Name room = new Name("room");
        assertThrows(
                IllegalArgumentException.class,
                () -> new ClientMessage.Join(Optional.empty(), room, -1, Optional.empty()));
    }
}
