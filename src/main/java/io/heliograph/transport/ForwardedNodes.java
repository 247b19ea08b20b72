package io.heliograph.transport;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * What a {@code Forwarded} header (RFC 7239, section 4) says requests came from ({@code for}), the last of them first: empty where
 * that is not said. It is read from its end, where proxies write: what is before that, which anybody may have made up, changes
 * nothing about it, however broken. In time proportional to the header's length.
 */
final class ForwardedNodes implements Iterator<String> {
    private static final String FOR = "for=";
    private static final String QUOTE = "\"";

    private final String header;
    private int end;

    ForwardedNodes(String header) {
        this.header = header;
        this.end = header.length();
    }

    @Override
    public boolean hasNext() {
        return end >= 0;
    }

    @Override
    public String next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        String node = "";
        int pairEnd = end;
        int at = end - 1;
        while (at >= 0 && header.charAt(at) != ',') {
            if (header.charAt(at) == '"') {
                at = opening(at);
            } else if (header.charAt(at) == ';') {
                node = nodeOf(at + 1, pairEnd, node);
                pairEnd = at;
            }
            at--;
        }
        end = at;
        return nodeOf(at + 1, pairEnd, node);
    }

    /** Where the text in quotes begins that ends at {@code closing}; 0 where it does not. */
    private int opening(int closing) {
        int at = header.lastIndexOf('"', closing - 1);
        while (at > 0 && isEscaped(at)) {
            at = header.lastIndexOf('"', at - 1);
        }
        return Math.max(at, 0);
    }

    private boolean isEscaped(int quote) {
        int before = quote;
        while (before > 0 && header.charAt(before - 1) == '\\') {
            before--;
        }
        return (quote - before) % 2 == 1;
    }

    private String nodeOf(int begin, int pairEnd, String otherwise) {
        String pair = header.substring(begin, pairEnd).strip();
        if (!pair.regionMatches(true, 0, FOR, 0, FOR.length())) {
            return otherwise;
        }
        String value = pair.substring(FOR.length());
        return value.length() > 1 && value.startsWith(QUOTE) && value.endsWith(QUOTE)
                ? value.substring(1, value.length() - 1)
                : value;
    }
}
