package io.heliograph.config;

import static io.heliograph.protocol.Settings.Api.TOKEN_LENGTH_MAX;
import static io.heliograph.protocol.Settings.Api.TOKEN_LENGTH_MIN;
import static io.heliograph.protocol.Settings.Ice.Turn.Timed.SECRETS_MAX;
import static io.heliograph.protocol.Settings.Ice.URLS_MAX;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Network;
import io.heliograph.protocol.Origin;
import io.heliograph.protocol.RoomPattern;
import io.heliograph.protocol.Secret;
import io.heliograph.protocol.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A kind of value: what is expected of a text, in words, and how it is read. Texts are taken as they stand: no trimming, no
 * other spelling of a number or a truth.
 *
 * @param parse empty for a text that is not as expected
 * @param secret whether no error may show the text
 */
record Kind<T>(String expectation, Function<String, Optional<T>> parse, boolean secret) {
    private static final Pattern DIGITS = Pattern.compile("0|[1-9][0-9]{0,9}");
    private static final Pattern SHARE = Pattern.compile("0(?:\\.[0-9]{1,9})?|1(?:\\.0{1,9})?");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");
    /** No line break or other control character: whoever puts the content of a file where its path belongs is told so. */
    private static final Pattern FILE = Pattern.compile("\\P{Cntrl}{1,4096}");

    private static final String HOST_IN_URL = "(?:\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9._-]{1,253})";
    private static final Pattern ADDRESS = Pattern.compile(HOST_IN_URL + ":([0-9]{1,5})");
    private static final Pattern STUN_URL = Pattern.compile("stuns?:" + HOST_IN_URL + "(?::([0-9]{1,5}))?");
    private static final Pattern TURN_URL =
            Pattern.compile("turns?:" + HOST_IN_URL + "(?::([0-9]{1,5}))?(?:\\?transport=(?:udp|tcp))?");
    private static final Pattern SECRET = Pattern.compile("[!-~]{1,255}");
    private static final Pattern TEXT = Pattern.compile("\\P{Cc}{0,255}");
    private static final String TEXT_EXPECTATION = "at most 255 characters, none of them a control character";

    private Kind(String expectation, Function<String, Optional<T>> parse) {
        this(expectation, parse, false);
    }

    static Kind<Integer> number(int min, int max, String unit) {
        var range = min + " to " + max;
        return new Kind<>(
                unit.isEmpty() ? "a number, " + range : unit + ", " + range,
                text -> integer(text).filter(value -> value >= min && value <= max));
    }

    /** Of a whole that is 1. */
    static Kind<Double> share() {
        return new Kind<>(
                "a share, 0 to 1, such as 0.05",
                text -> Optional.of(text)
                        .filter(share -> SHARE.matcher(share).matches())
                        .map(Double::valueOf));
    }

    static Kind<Integer> port() {
        return number(0, Settings.PORT_MAX, "a port");
    }

    static Kind<Boolean> flag() {
        return new Kind<>("true or false", text -> switch (text) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        });
    }

    static <E> Kind<E> oneOf(List<E> values, Function<E, String> label) {
        var expectation = values.stream().map(label).collect(Collectors.joining(", ", "one of ", ""));
        return new Kind<>(
                expectation,
                text -> values.stream()
                        .filter(value -> label.apply(value).equals(text))
                        .findFirst());
    }

    static Kind<String> host() {
        return new Kind<>(
                "a host name or an address",
                text -> Optional.of(text).filter(host -> HOST.matcher(host).matches()));
    }

    /** A host name; the empty text is none. */
    static Kind<String> hostOrNothing() {
        return new Kind<>(
                "a host name or nothing",
                text -> text.isEmpty() ? Optional.of(text) : host().parse().apply(text));
    }

    /** Where something is served over HTTP, perhaps below a path; the empty text is nowhere. */
    static Kind<String> webAddressOrNothing() {
        return new Kind<>(
                "http://host:port or https://host:port, with a path or without, or nothing",
                text -> Optional.of(text).filter(address -> address.isEmpty() || isWebAddress(address)));
    }

    private static boolean isWebAddress(String text) {
        try {
            var address = new URI(text);
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getPort() != 0
                    && address.getPort() <= Settings.PORT_MAX
                    && address.getUserInfo() == null
                    && address.getQuery() == null
                    && address.getFragment() == null;
        } catch (URISyntaxException noAddress) {
            return false;
        }
    }

    /** A path, which need not exist yet; the empty text is none. */
    static Kind<String> fileOrNothing() {
        return new Kind<>(
                "the path of a file or nothing",
                text -> Optional.of(text)
                        .filter(path -> text.isEmpty() || FILE.matcher(path).matches()));
    }

    /** Paths, which need not exist yet, separated by commas; the empty text is an empty list. */
    static Kind<List<Path>> files(int most) {
        return new Kind<>(
                "paths of files, separated by commas, at most " + most,
                text -> Optional.of(elements(text))
                        .filter(paths -> paths.size() <= most
                                && paths.stream()
                                        .allMatch(path -> FILE.matcher(path).matches()))
                        .map(paths -> paths.stream().map(Path::of).toList()));
    }

    /** Rooms by name or by what their names begin with, separated by commas; the empty text is an empty list. */
    static Kind<List<RoomPattern>> roomPatterns() {
        return new Kind<>(
                "names of rooms, or what they begin with and *, separated by commas, at most " + Grants.ROOMS_MAX,
                text -> {
                    try {
                        return Optional.of(elements(text).stream()
                                        .map(RoomPattern::parse)
                                        .toList())
                                .filter(patterns -> patterns.size() <= Grants.ROOMS_MAX);
                    } catch (IllegalArgumentException noName) {
                        return Optional.empty();
                    }
                });
    }

    /** Origins of pages, separated by commas; the empty text is an empty list. */
    static Kind<List<Origin>> origins() {
        return new Kind<>(
                "https://host or https://host:port, or the same with another scheme, without a path, separated by commas",
                text -> {
                    var read = elements(text).stream().map(Origin::parse).toList();
                    return Optional.of(read.stream().flatMap(Optional::stream).toList())
                            .filter(origins -> origins.size() == read.size());
                });
    }

    /** Addresses, or networks, separated by commas; the empty text is an empty list. */
    static Kind<List<Network>> networks(int most) {
        return new Kind<>("addresses, or networks such as 10.0.0.0/8, separated by commas, at most " + most, text -> {
            var read = elements(text).stream().map(Network::parse).toList();
            return Optional.of(read.stream().flatMap(Optional::stream).toList())
                    .filter(networks -> networks.size() == read.size() && networks.size() <= most);
        });
    }

    /** Addresses separated by commas; the empty text is an empty list. */
    static Kind<List<String>> addresses() {
        return new Kind<>("host:port, separated by commas", Kind::addressList);
    }

    private static Optional<List<String>> addressList(String text) {
        return Optional.of(elements(text)).filter(all -> all.stream().allMatch(Kind::isAddress));
    }

    /** Addresses of STUN servers (RFC 7064), separated by commas; the empty text is an empty list. */
    static Kind<List<String>> stunUrls() {
        return urls("stun:host, stun:host:port or the same with stuns:", STUN_URL);
    }

    /** Addresses of TURN servers (RFC 7065), separated by commas; the empty text is an empty list. */
    static Kind<List<String>> turnUrls() {
        return urls(
                "turn:host, turn:host:port or the same with turns: and with ?transport=udp or ?transport=tcp",
                TURN_URL);
    }

    private static Kind<List<String>> urls(String form, Pattern pattern) {
        return new Kind<>(
                "%s, separated by commas, at most %d".formatted(form, URLS_MAX),
                text -> Optional.of(elements(text))
                        .filter(urls -> urls.size() <= URLS_MAX && urls.stream().allMatch(url -> isUrl(pattern, url))));
    }

    private static boolean isUrl(Pattern pattern, String text) {
        var matcher = pattern.matcher(text);
        return matcher.matches() && (matcher.group(1) == null || isPort(matcher.group(1)));
    }

    /** One secret, or two different ones separated by a comma; the empty text is none. */
    static Kind<List<Secret>> secrets(int lengthMin) {
        return new Kind<>(
                "one secret or two different ones, separated by a comma, each of " + lengthMin
                        + " to 255 printable ASCII characters without space",
                text -> Optional.of(elements(text))
                        .filter(all -> all.size() <= SECRETS_MAX
                                && all.stream().distinct().count() == all.size()
                                && all.stream().allMatch(one -> isSecret(one, lengthMin)))
                        .map(all -> all.stream().map(Secret::new).toList()),
                true);
    }

    /** One text; the empty one is none. */
    static Kind<String> textOrNothing() {
        return new Kind<>(TEXT_EXPECTATION, Kind::text);
    }

    /** The same, and shown to nobody. */
    static Kind<Secret> secretOrNothing() {
        return new Kind<>(TEXT_EXPECTATION, text -> text(text).map(Secret::new), true);
    }

    /** What is sent in a header to be let in, long enough that nobody guesses it; the empty text is none. */
    static Kind<Secret> tokenOrNothing() {
        return new Kind<>(
                "%d to %d printable ASCII characters without space, or nothing"
                        .formatted(TOKEN_LENGTH_MIN, TOKEN_LENGTH_MAX),
                text -> Optional.of(text)
                        .filter(token -> token.isEmpty() || isSecret(token, TOKEN_LENGTH_MIN))
                        .map(Secret::new),
                true);
    }

    private static boolean isSecret(String text, int lengthMin) {
        return text.length() >= lengthMin && SECRET.matcher(text).matches();
    }

    private static Optional<String> text(String text) {
        return Optional.of(text).filter(all -> TEXT.matcher(all).matches());
    }

    private static List<String> elements(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",", -1)).map(String::strip).toList();
    }

    private static boolean isAddress(String text) {
        var matcher = ADDRESS.matcher(text);
        return matcher.matches() && isPort(matcher.group(1));
    }

    private static boolean isPort(String text) {
        return integer(text)
                .filter(port -> port >= 1 && port <= Settings.PORT_MAX)
                .isPresent();
    }

    /** Plain decimal digits only: a leading zero, a sign or an exponent is more likely a mistake than a number. */
    private static Optional<Integer> integer(String text) {
        return DIGITS.matcher(text).matches()
                ? Optional.of(Long.valueOf(text))
                        .filter(value -> value <= Integer.MAX_VALUE)
                        .map(Long::intValue)
                : Optional.empty();
    }
}
