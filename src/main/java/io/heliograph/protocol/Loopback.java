package io.heliograph.protocol;

import java.util.regex.Pattern;

/** What only this machine reaches. No name is looked up: one that leads here may lead anywhere tomorrow. */
public final class Loopback {
    private static final Pattern HOST = Pattern.compile(
            "localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[?(::1|0:0:0:0:0:0:0:1)]?", Pattern.CASE_INSENSITIVE);

    private Loopback() {}

    /** Whether {@code host} says so by itself: {@code localhost}, or an address, of IPv6 also in the brackets of a URI. */
    public static boolean is(String host) {
        return HOST.matcher(host).matches();
    }
}
