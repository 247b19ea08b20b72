package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which public keys are taken, and what an operator is told of others. */
class PublicKeyFileTest {
    private static final KeyPair EC = Tokens.ec("secp256r1");

    @TempDir
    private Path directory = Path.of("");

    private String failure(Path file) {
        AuthFailure failure = assertThrows(AuthFailure.class, () -> new PublicKeyFile(file).keys());
        String text = Objects.requireNonNull(failure.getMessage());
        String start = "auth.jwt.keys: " + file + " (expected: ";
        assertEquals(start, text.substring(0, start.length()));
        return text.substring(start.length(), text.length() - 1);
    }

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("keys.pem"), text);
    }

    @Test
    void keysOfSeveralKindsAreReadWithWhatStandsAroundThem() throws IOException {
        KeyPair rsa = Tokens.rsa(2_048);
        KeyPair edwards = Tokens.edwards("Ed25519");
        String text = "the first\r\n"
                + Tokens.pem("PUBLIC KEY", rsa.getPublic().getEncoded()).replace("\n", "\r\n")
                + Tokens.pem("PUBLIC KEY", EC.getPublic().getEncoded())
                + "\nthe last\n" + Tokens.pem("PUBLIC KEY", edwards.getPublic().getEncoded());
        assertEquals(
                List.of(
                        new VerificationKey(Algorithm.RS256, rsa.getPublic()),
                        new VerificationKey(Algorithm.ES256, EC.getPublic()),
                        new VerificationKey(Algorithm.EDDSA, edwards.getPublic())),
                new PublicKeyFile(file(text)).keys());
    }

    @Test
    void aFileThatCannotBeUsedIsNamed() throws IOException {
        assertEquals("a file; there is none", failure(directory.resolve("nowhere.pem")));
        assertEquals("a file; it is none", failure(directory));
        assertEquals("a PEM file with a public key", failure(file("")));
        assertEquals(
                "a PEM file with a public key",
                failure(file(Tokens.pem("CERTIFICATE", EC.getPublic().getEncoded()))));
        assertEquals("a PEM file; it has more than 1048576 bytes", failure(file("x".repeat(1 << 20 | 1))));
    }

    @Test
    void aPrivateKeyIsNotTaken() throws IOException {
        String both = Tokens.pem("PUBLIC KEY", EC.getPublic().getEncoded())
                + Tokens.pem("PRIVATE KEY", EC.getPrivate().getEncoded());
        assertEquals("public keys only; private ones belong where tokens are made", failure(file(both)));
    }

    @Test
    void aDamagedKeyIsCounted() throws IOException {
        String whole = Tokens.pem("PUBLIC KEY", EC.getPublic().getEncoded());
        assertEquals(
                "whole public keys; number 2 is damaged",
                failure(file(whole + Tokens.pem("PUBLIC KEY", new byte[] {1, 2, 3}))));
        assertEquals(
                "whole public keys; number 1 is damaged",
                failure(file("-----BEGIN PUBLIC KEY-----\nA\n-----END PUBLIC KEY-----")));
    }

    @Test
    void aWeakOrStrangeKeyIsCounted() {
        for (KeyPair pair :
                List.of(Tokens.rsa(1_024), Tokens.ec("secp384r1"), Tokens.ec("secp521r1"), Tokens.edwards("Ed448"))) {
            assertEquals(
                    "RSA keys of at least 2048 bits, EC keys on P-256 and Ed25519 keys; number 2 is another one",
                    failure(Tokens.file(directory, "keys.pem", EC.getPublic(), pair.getPublic())));
        }
    }
}
