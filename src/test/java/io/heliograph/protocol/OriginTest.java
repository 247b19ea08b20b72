package io.heliograph.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When two pages are from the same place. */
class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "https://example.org, https://example.org:443",
        "http://example.org, http://example.org:80",
        "https://example.org, HTTPS://Example.ORG",
        "https://example.org:8443, https://EXAMPLE.org:8443",
        "http://[2001:db8::1]:80, http://[2001:DB8::1]",
        "chrome-extension://abc, chrome-extension://ABC",
        "http://my_host.lan:8080, http://my_host.lan:08080"
    })
    void twoSpellingsOfOneOriginAreEqual(String one, String other) {
        assertTrue(Origin.parse(one).isPresent(), one);
        assertEquals(Origin.parse(one), Origin.parse(other));
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.org, http://example.org",
        "https://example.org, http://example.org:443",
        "https://example.org, https://example.org:444",
        "https://example.org, https://www.example.org",
        "https://example.org, https://example.org.",
        "https://example.org, https://example.org.evil.example",
        "app://a, app://a:443"
    })
    void anotherSchemeHostOrPortIsAnotherOrigin(String one, String other) {
        assertTrue(Origin.parse(other).isPresent(), other);
        assertNotEquals(Origin.parse(one), Origin.parse(other));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "example.org",
                "https://\u212aelly.example",
                "https:",
                "https://",
                "https:/example.org",
                "https://example.org/",
                "https://example.org?a",
                "https://example.org#a",
                "https://me@example.org",
                "https://example.org:",
                "https://example.org:0",
                "https://example.org:65536",
                "https://example.org:999999999999",
                "https://[::1",
                "https://::1",
                " https://example.org",
                "https://example.org https://example.com",
                "https://example.org\n",
                "https://example.org\0.evil.example",
                "https://büro.example",
                "3s://example.org"
            })
    void whatBrowsersWouldNotSayIsNone(String text) {
        assertEquals(Optional.empty(), Origin.parse(text));
    }

    @Test
    void aLongTextIsReadInNoTime() {
        assertEquals(Optional.empty(), Origin.parse("https://" + "a".repeat(100_000)));
        assertEquals(Optional.empty(), Origin.parse("a".repeat(100_000)));
    }
}
