package io.heliograph.transport;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Where a client is, for counting: its IPv4 address, or the 64 bits of its IPv6 address that its network has in common, since
 * whoever has one of those has them all (RFC 6177).
 */
record ClientAddress(String value) {
    private static final int NETWORK_BYTES = 8;

    static ClientAddress of(InetAddress address) {
        return new ClientAddress(
                address instanceof Inet4Address
                        ? address.getHostAddress()
                        : HexFormat.of().formatHex(Arrays.copyOf(address.getAddress(), NETWORK_BYTES)));
    }
}
