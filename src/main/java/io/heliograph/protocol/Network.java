package io.heliograph.protocol;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Addresses that begin alike (RFC 4632, section 3.1; RFC 4291, section 2.3).
 *
 * @param prefixLength how many bits of them are those of {@code address}
 */
public record Network(InetAddress address, int prefixLength) {
    private static final int BITS_4 = 32;
    private static final int BITS_6 = 128;
    /** What the JDK takes for an address, never for a name that would have to be looked up. */
    private static final Pattern WRITTEN =
            Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+)(?:/([0-9]{1,3}))?");

    public Network {
        int most = bits(address);
        if (prefixLength < 0 || prefixLength > most) {
            throw new IllegalArgumentException(
                    "length of the prefix: " + prefixLength + " (expected: 0 to " + most + ")");
        }
    }

    /** One address, or {@code address/bits}; empty for what is neither. */
    public static Optional<Network> parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            return Optional.empty();
        }
        try {
            InetAddress address = InetAddress.getByName(written.group(1));
            int prefixLength = written.group(2) == null ? bits(address) : Integer.parseInt(written.group(2));
            return Optional.of(new Network(address, prefixLength));
        } catch (UnknownHostException | IllegalArgumentException noNetwork) {
            return Optional.empty();
        }
    }

    private static int bits(InetAddress address) {
        return address instanceof Inet4Address ? BITS_4 : BITS_6;
    }
}
