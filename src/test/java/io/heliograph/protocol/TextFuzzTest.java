package io.heliograph.protocol;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;

/** What others give as a name, an id, a token or an origin is one, written and read again the same, or it is refused. */
public class TextFuzzTest extends FuzzTarget {

    public static void fuzzerTestOneInput(byte[] text) {
        new TextFuzzTest().check(text);
    }

    @Override
    protected void check(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        parse(bytes, () -> new Name(text)).ifPresent(name -> {
            assertTrue(isOfLength(name.value(), Name.LENGTH_MAX));
            assertTrue(name.fingerprint().matches("[0-9a-f]{8}"));
        });
        parse(bytes, () -> new CallEnding(text))
                .ifPresent(ending -> assertTrue(isOfLength(ending.value(), CallEnding.LENGTH_MAX)));
        parse(bytes, () -> new PeerId(text)).ifPresent(peer -> assertTrue(isAscii(peer.value())));
        parse(bytes, () -> NodeId.parse(text)).ifPresent(node -> assertEquals(node, NodeId.parse(node.toString())));
        read(bytes, b -> SessionToken.parse(text)).ifPresent(token -> {
            assertEquals(text, token.text());
            assertEquals(Optional.of(token), SessionToken.parse(token.text()));
        });
        read(bytes, b -> Origin.parse(text)).ifPresent(origin -> {
            assertTrue(isAscii(text), text);
            assertEquals(Optional.of(origin), Origin.parse(written(origin)));
        });
    }

    private static <T> Optional<T> parse(byte[] bytes, Supplier<T> parser) {
        return read(bytes, b -> {
            try {
                return Optional.of(parser.get());
            } catch (IllegalArgumentException refused) {
                return Optional.empty();
            }
        });
    }

    private static String written(Origin origin) {
        String port = origin.port().isPresent() ? ":" + origin.port().getAsInt() : "";
        return origin.scheme() + "://" + origin.host() + port;
    }

    private static boolean isOfLength(String text, int max) {
        int length = text.codePointCount(0, text.length());
        return length >= 1 && length <= max;
    }

    private static boolean isAscii(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }
}
