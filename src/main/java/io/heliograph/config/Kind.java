package io.heliograph.config;

import io.heliograph.protocol.Settings;
import java.util.ArrayList;
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
 */
record Kind<T>(String expectation, Function<String, Optional<T>> parse) {
    private static final Pattern DIGITS = Pattern.compile("0|[1-9][0-9]{0,8}");
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,255}");
    private static final Pattern ADDRESS =
            Pattern.compile("(?:\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9._-]{1,253}):([0-9]{1,5})");

    static Kind<Integer> number(int min, int max, String unit) {
        var range = min + " to " + max;
        return new Kind<>(
                unit.isEmpty() ? "a number, " + range : unit + ", " + range,
                text -> integer(text).filter(value -> value >= min && value <= max));
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

    /** Addresses separated by commas; the empty text is an empty list. */
    static Kind<List<String>> addresses() {
        return new Kind<>("host:port, separated by commas", Kind::addressList);
    }

    private static Optional<List<String>> addressList(String text) {
        var addresses = new ArrayList<String>();
        if (!text.isEmpty()) {
            Arrays.stream(text.split(",", -1)).map(String::strip).forEach(addresses::add);
        }
        return Optional.of(List.copyOf(addresses)).filter(all -> all.stream().allMatch(Kind::isAddress));
    }

    private static boolean isAddress(String text) {
        var matcher = ADDRESS.matcher(text);
        return matcher.matches()
                && integer(matcher.group(1))
                        .filter(port -> port >= 1 && port <= Settings.PORT_MAX)
                        .isPresent();
    }

    /** Plain decimal digits only: a leading zero, a sign or an exponent is more likely a mistake than a number. */
    private static Optional<Integer> integer(String text) {
        return DIGITS.matcher(text).matches() ? Optional.of(Integer.valueOf(text)) : Optional.empty();
    }
}
