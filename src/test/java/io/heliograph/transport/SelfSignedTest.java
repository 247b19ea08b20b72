package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What browsers want of a certificate, beside somebody who vouches for it. */
class SelfSignedTest {
    private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";

    @Test
    void itNamesTheMachineInAllWays() throws Exception {
        Set<String> named = make().getSubjectAlternativeNames().stream()
                .map(name -> String.valueOf(name.get(1)))
                .collect(Collectors.toSet());
        assertEquals(
                Set.of("localhost", "desk", "127.0.0.1", "0:0:0:0:0:0:0:1", "192.168.1.7", "2001:db8:0:0:0:0:0:7"),
                named);
    }

    @Test
    void itIsValidNowAndNoLongerThanBrowsersAccept() throws Exception {
        X509Certificate made = make();
        made.checkValidity();
        Instant begins = made.getNotBefore().toInstant();
        assertTrue(begins.isBefore(Instant.now().minus(Duration.ofHours(23))), "for slow clocks: " + begins);
        Duration life = Duration.between(begins, made.getNotAfter().toInstant());
        assertTrue(life.compareTo(Duration.ofDays(398)) <= 0, life.toString());
    }

    @Test
    void itIsForAServerAndNoAuthority() throws Exception {
        X509Certificate made = make();
        assertEquals("EC", made.getPublicKey().getAlgorithm());
        assertEquals(List.of(SERVER_AUTHENTICATION), made.getExtendedKeyUsage());
        assertEquals(-1, made.getBasicConstraints());
        assertTrue(Objects.requireNonNull(made.getKeyUsage())[0], "digital signature");
        assertFalse(Objects.requireNonNull(made.getKeyUsage())[5], "signing certificates");
    }

    @Test
    void noTwoHaveTheSameSerialNumber() throws Exception {
        assertNotEquals(make().getSerialNumber(), make().getSerialNumber());
    }

    private static X509Certificate make() throws Exception {
        List<InetAddress> addresses =
                List.of(InetAddress.getByName("192.168.1.7"), InetAddress.getByName("2001:db8::7"));
        return SelfSigned.make(OwnNames.of("0.0.0.0", Optional.of("desk"), addresses))
                .first()
                .own();
    }
}
