package io.heliograph.protocol;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * Where a page is from: two spellings of the same origin are equal (RFC 6454, section 5).
 *
 * @param port the scheme's own where none was given, empty where it has none
 */
public record Origin(String scheme, String host, OptionalInt port) {
    private static final Pattern SERIALIZED =
            Pattern.compile("([a-z][a-z0-9+.-]*)://(\\[[0-9a-f:.]{2,45}]|[a-z0-9._~-]{1,253})(?::([0-9]{1,5}))?");

    /** Reads what browsers put into {@code Origin} (RFC 6454, section 6.2); empty for {@code null} and all that is none. */
    public static Optional<Origin> parse(String text) {
        return Optional.of(SERIALIZED.matcher(text.toLowerCase(Locale.ROOT)))
                .filter(found -> found.matches())
                .map(found -> new Origin(
                        found.group(1),
                        found.group(2),
                        found.group(3) == null
                                ? ownPort(found.group(1))
                                : OptionalInt.of(Integer.parseInt(found.group(3)))))
                .filter(Origin::hasPossiblePort);
    }

    private static OptionalInt ownPort(String scheme) {
        return switch (scheme) {
            case "http" -> OptionalInt.of(80);
            case "https" -> OptionalInt.of(443);
            default -> OptionalInt.empty();
        };
    }

    private boolean hasPossiblePort() {
        return port.isEmpty() || (port.getAsInt() > 0 && port.getAsInt() <= Settings.PORT_MAX);
    }
}
