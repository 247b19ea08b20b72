package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OwnNamesTest {

    @Test
    void ofAMachineInANetworkItsIpv4AddressesAreShown() throws Exception {
        OwnNames names = OwnNames.of(
                "0.0.0.0",
                Optional.of("desk.example"),
                addresses("127.0.0.1", "::1", "fe80::1", "2001:db8::7", "192.168.1.7", "10.0.0.7"));
        assertEquals(List.of("https://192.168.1.7:8443", "https://10.0.0.7:8443"), names.origins(8443));
        assertEquals(Set.of("localhost", "desk.example"), names.hosts());
        assertEquals(
                Set.of("127.0.0.1", "::1", "fe80::1", "2001:db8::7", "192.168.1.7", "10.0.0.7"), names.addresses());
    }

    @Test
    void whereThereIsNoIpv4AddressAnIpv6AddressIsShownInBracketsButNoneOfOneInterface() throws Exception {
        OwnNames names = OwnNames.of("::", Optional.empty(), addresses("127.0.0.1", "::1", "fe80::1", "2001:db8::7"));
        assertEquals(List.of("https://[2001:db8::7]:8443"), names.origins(8443));
    }

    @Test
    void ofAMachineAloneLocalhostIsShown() throws Exception {
        OwnNames names = OwnNames.of("0.0.0.0", Optional.empty(), addresses("127.0.0.1", "fe80::1"));
        assertEquals(List.of("https://localhost:1"), names.origins(1));
    }

    @Test
    void whereItListensOnOneAddressThatOneIsShown() throws Exception {
        OwnNames address = OwnNames.of("10.0.0.7", Optional.empty(), addresses("192.168.1.7", "10.0.0.7"));
        assertEquals(List.of("https://10.0.0.7:1"), address.origins(1));
        OwnNames name = OwnNames.of("desk.example", Optional.of("desk"), addresses("192.168.1.7"));
        assertEquals(List.of("https://desk.example:1"), name.origins(1));
        assertEquals(Set.of("localhost", "desk", "desk.example"), name.hosts());
    }

    @Test
    void aNameThatNoCertificateMayHaveIsLeftOut() throws Exception {
        for (String name : List.of("under_score", "3f2a9c1b", "a..b", "-a", "a-", "", "b\u00fcro", "127.0.0.2")) {
            OwnNames names = OwnNames.of("0.0.0.0", Optional.of(name), addresses("10.0.0.7"));
            assertEquals(Set.of("localhost"), names.hosts(), name);
        }
    }

    @Test
    void thisMachineHasItsLoopback() {
        OwnNames names = OwnNames.find("0.0.0.0");
        assertTrue(names.hosts().contains("localhost"), names.toString());
        assertTrue(names.addresses().contains("127.0.0.1"), names.toString());
        assertTrue(!names.origins(1).isEmpty(), names.toString());
    }

    private static List<InetAddress> addresses(String... texts) throws UnknownHostException {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : texts) {
            addresses.add(InetAddress.getByName(text));
        }
        return addresses;
    }
}
