package io.heliograph.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.management.ApiGuard.Refusal;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiGuardTest {
    private static final String TOKEN = "0123456789abcdef0123456789ABCDE=";
    private static final String EVERYWHERE = "0.0.0.0";

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "localhost", "LocalHost", "::1", "0:0:0:0:0:0:0:1"})
    void withoutATokenWhatOnlyThisMachineReachesIsOpen(String host) {
        var guard = guard(host, Optional.empty());
        assertFalse(guard.isClosed());
        assertEquals(Optional.empty(), guard.refusal(List.of()));
        assertEquals(Optional.empty(), guard.refusal(List.of("Bearer " + TOKEN)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                EVERYWHERE,
                "::",
                "10.0.0.1",
                "128.0.0.1",
                "::2",
                "fe80::1",
                "::1%eth0",
                "127.0.0.1.example.org",
                "127.0.0.1234",
                "127.1",
                "localhost.example.org",
                "notlocalhost",
                "heliograph"
            })
    void withoutATokenWhatOthersMayReachIsClosed(String host) {
        var guard = guard(host, Optional.empty());
        assertTrue(guard.isClosed());
        for (var authorization : List.<List<String>>of(List.of(), List.of("Bearer "), List.of("Bearer " + TOKEN))) {
            assertEquals(Optional.of(Refusal.CLOSED), guard.refusal(authorization));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", EVERYWHERE})
    void aTokenIsAskedForWhereverThePortIs(String host) {
        var guard = guard(host, Optional.of(new Secret(TOKEN)));
        assertFalse(guard.isClosed());
        assertEquals(Optional.of(Refusal.NO_TOKEN), guard.refusal(List.of()));
        assertEquals(Optional.empty(), guard.refusal(List.of("Bearer " + TOKEN)));
    }

    @Test
    void theSchemeIsThatOfRfc6750InAnyCase() {
        for (var header : List.of("bearer " + TOKEN, "BEARER " + TOKEN, "Bearer   " + TOKEN)) {
            assertEquals(Optional.empty(), refusal(header), header);
        }
        for (var header :
                List.of("", "Bearer", "Bearer ", TOKEN, "Basic " + TOKEN, "Bearer" + TOKEN, "Bearer " + TOKEN + " x")) {
            assertEquals(Optional.of(Refusal.NO_TOKEN), refusal(header), header);
        }
    }

    @Test
    void whatIsNotAllOfTheTokenAndNothingElseIsWrong() {
        for (var token : List.of(
                "x",
                TOKEN.substring(1),
                TOKEN.substring(0, TOKEN.length() - 1),
                TOKEN + "x",
                TOKEN.toLowerCase(Locale.ROOT),
                "x".repeat(8_000))) {
            assertEquals(Optional.of(Refusal.WRONG_TOKEN), refusal("Bearer " + token), token);
        }
    }

    @Test
    void whoShowsTwoThingsShowsNone() {
        var guard = guard(EVERYWHERE, Optional.of(new Secret(TOKEN)));
        assertEquals(Optional.of(Refusal.NO_TOKEN), guard.refusal(List.of("Bearer " + TOKEN, "Bearer " + TOKEN)));
    }

    private static Optional<Refusal> refusal(String authorization) {
        return guard(EVERYWHERE, Optional.of(new Secret(TOKEN))).refusal(List.of(authorization));
    }

    private static ApiGuard guard(String host, Optional<Secret> token) {
        return new ApiGuard(new Settings.Management(host, 9090), new Settings.Api(token));
    }
}
