package io.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ForwardedBy;
import io.heliograph.protocol.Network;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The keys that say who stands between clients and the server. */
class ProxiesKeysTest {
    private static final String FORWARDED = "HELIOGRAPH_HTTP_FORWARDED";
    private static final String PROXIES = "HELIOGRAPH_HTTP_PROXIES";

    private final Configurations configurations = new Configurations();

    @AfterEach
    void close() throws Exception {
        configurations.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "10.0.0.0/8", "0.0.0.0/0", "::1", "fd00::/8", "2001:db8:1:2::/64"})
    void anAddressOrANetworkIsTaken(String network) throws Exception {
        var proxies = configurations
                .load(Map.of(FORWARDED, "x-forwarded-for", PROXIES, network))
                .settings()
                .http()
                .proxies();
        assertEquals(ForwardedBy.X_FORWARDED_FOR, proxies.header());
        assertEquals(List.of(Network.parse(network).orElseThrow()), proxies.networks());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0",
                "10.0.0.256",
                "10.0.0.0/33",
                "10.0.0.0/",
                "10.0.0.0/-1",
                "localhost",
                "example.org/8",
                "::1/129",
                "fe80::1%eth0",
                ":::",
                "1:2",
                "10.0.0.1,",
            })
    void whatIsNeitherStopsTheStart(String network) {
        String failure = configurations.failure(Map.of(FORWARDED, "x-forwarded-for", PROXIES, network));
        assertTrue(failure.startsWith("http.proxies: " + network + " from " + PROXIES), failure);
        assertTrue(
                failure.endsWith(
                        "(expected: addresses, or networks such as 10.0.0.0/8, separated by commas, at most 64)"),
                failure);
    }

    @Test
    void proxiesWithoutAHeaderAreAMistake() {
        assertEquals(
                "http.forwarded: nothing from conf/heliograph.yaml (expected: how those in http.proxies say where clients are)",
                configurations.failure(Map.of(PROXIES, "10.0.0.1")));
    }

    @Test
    void aHeaderWithoutProxiesIsAMistake() {
        assertEquals(
                "http.proxies: \"\" from conf/heliograph.yaml (expected: where the proxies are, since http.forwarded is proxy-protocol)",
                configurations.failure(Map.of(FORWARDED, "proxy-protocol")));
    }
}
