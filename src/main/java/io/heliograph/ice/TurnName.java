package io.heliograph.ice;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Sha256;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who a credential is for, as a TURN server may be told: the part of its user name behind the time. It gives no rights; coturn
 * logs it and counts its {@code user-quota} by it.
 *
 * <p>A user has nearly any name, but a TURN server takes fewer. coturn answers 400 to white space, quotes, backslashes and to
 * whatever has both "union" and "select" in it; other servers split at every colon. Outside ASCII a name would have to be
 * prepared (RFC 8265), which browsers do not do, and could be longer than the 508 bytes of RFC 8489, section 14.3. So only 1
 * to 128 of {@code A-Z a-z 0-9 . _ @ + ~ -} stay as they are, without those two words together. Any other name is replaced by
 * {@code sha256-} and the hexadecimal SHA-256 of its UTF-8: always 71 safe characters, the same for the same user.
 */
record TurnName(String value) {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._@+~-]{1,128}");

    /** The user's name, or the peer's where there is no user. */
    static TurnName of(Optional<Name> user, PeerId peer) {
        String name = user.map(Name::toString).orElse(peer.value());
        return new TurnName(isPlain(name) ? name : "sha256-" + HexFormat.of().formatHex(Sha256.of(name)));
    }

    private static boolean isPlain(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return PLAIN.matcher(name).matches() && !(lower.contains("union") && lower.contains("select"));
    }
}
