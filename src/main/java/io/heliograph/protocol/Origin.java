package io.heliograph.protocol;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a page is from: two spellings of the same origin are equal (RFC 6454, section 5).
 *
 * @param port the scheme's own where none was given, empty where it has none
 */
public record Origin(String scheme, String host, OptionalInt port) {
    /** Of ASCII alone: in lower case, other letters may become some of it. */
    private static final Pattern SERIALIZED = Pattern.compile(
            "([a-z][a-z0-9+.-]*)://(\\[[0-9a-f:.]{2,45}]|[a-z0-9._~-]{1,253})(?::([0-9]{1,5}))?",
            Pattern.CASE_INSENSITIVE);

    /** Reads what browsers put into {@code Origin} (RFC 6454, section 6.2); empty for {@code null} and all that is none. */
    public static Optional<Origin> parse(String text) {
        Matcher found = SERIALIZED.matcher(text);
        if (!found.matches()) {
            return Optional.empty();
        }
        String scheme = found.group(1).toLowerCase(Locale.ROOT);
        String host = found.group(2).toLowerCase(Locale.ROOT);
        OptionalInt port = found.group(3) == null ? ownPort(scheme) : OptionalInt.of(Integer.parseInt(found.group(3)));
        return Optional.of(new Origin(scheme, host, port)).filter(Origin::hasPossiblePort);
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
