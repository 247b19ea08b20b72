package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Whatever a client says it is forwarded for, what a proxy puts behind it is read as it stands there. */
public class ForwardedFuzzTest extends FuzzTarget {
    private static final String APPENDED = "by=\"[2001:db8::1]:443\";for=198.51.100.7;proto=https";

    public static void fuzzerTestOneInput(byte[] header) {
        new ForwardedFuzzTest().check(header);
    }

    @Override
    protected void check(byte[] header) {
        String said = new String(header, StandardCharsets.ISO_8859_1);
        List<String> alone = read(header, bytes -> nodes(said));
        List<String> expected = new ArrayList<>(List.of("198.51.100.7"));
        expected.addAll(alone);
        assertEquals(expected, nodes(said + ", " + APPENDED));
    }

    private static List<String> nodes(String header) {
        List<String> nodes = new ArrayList<>();
        new ForwardedNodes(header).forEachRemaining(nodes::add);
        return nodes;
    }
}
