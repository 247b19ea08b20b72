package io.heliograph.transport;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ForwardedNodesTest {

    private static List<String> nodes(String header) {
        List<String> nodes = new ArrayList<>();
        new ForwardedNodes(header).forEachRemaining(nodes::add);
        return nodes;
    }

    /** RFC 7239, section 4. */
    @Test
    void theExamplesOfTheStandard() {
        assertEquals(List.of("_gazonk"), nodes("for=\"_gazonk\""));
        assertEquals(List.of("[2001:db8:cafe::17]:4711"), nodes("For=\"[2001:db8:cafe::17]:4711\""));
        assertEquals(List.of("192.0.2.60"), nodes("for=192.0.2.60;proto=http;by=203.0.113.43"));
        assertEquals(List.of("198.51.100.17", "192.0.2.43"), nodes("for=192.0.2.43, for=198.51.100.17"));
        assertEquals(
                List.of("unknown", "[2001:db8:cafe::17]", "192.0.2.43"),
                nodes("for=192.0.2.43, for=\"[2001:db8:cafe::17]\", for=unknown"));
    }

    @Test
    void whatStandsInQuotesIsNoneOfThem() {
        assertEquals(List.of("10.0.0.1"), nodes("by=\"x;for=10.0.0.2, for=10.0.0.3\";for=10.0.0.1"));
        assertEquals(List.of("10.0.0.1"), nodes("for=10.0.0.1;by=\"a\\\", for=10.0.0.2;b\\\\\""));
    }

    @Test
    void whatIsBrokenBeforeItHidesNothing() {
        for (String broken : List.of(
                "",
                ",",
                "\"",
                "for=\"",
                "for=\"\\",
                "\\",
                "for=\"a\"\"",
                ";;",
                "by=\"x;for=10.0.0.2",
                "=",
                "for=10.0.0.2;\"")) {
            List<String> nodes = nodes(broken + ", for=10.0.0.1;by=\"10.0.0.9\"");
            assertEquals("10.0.0.1", nodes.get(0), broken);
        }
    }

    @Test
    void whoIsNotNamedIsNobody() {
        assertEquals(List.of(""), nodes(""));
        assertEquals(List.of("", "10.0.0.1"), nodes("for=10.0.0.1, by=10.0.0.2"));
        assertEquals(List.of("\""), nodes("for=\""));
        ForwardedNodes over = new ForwardedNodes("");
        over.next();
        assertThrows(NoSuchElementException.class, over::next);
    }
}
