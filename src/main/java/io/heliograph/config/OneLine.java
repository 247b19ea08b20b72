package io.heliograph.config;

/** Keeps text on its line: whatever could end the line, move the cursor or turn the reading direction is spelled out. */
final class OneLine {

    private OneLine() {}

    static String of(CharSequence text) {
        var line = new StringBuilder(text.length() + 16);
        append(line, text);
        return line.toString();
    }

    static void append(StringBuilder line, CharSequence text) {
        text.codePoints().forEach(c -> {
            if (isPlain(c)) {
                line.appendCodePoint(c);
            } else {
                appendEscape(line, c);
            }
        });
    }

    /** As the inside of a JSON string. */
    static void appendJson(StringBuilder line, CharSequence text) {
        text.codePoints().forEach(c -> {
            if (c == '"' || c == '\\') {
                line.append('\\').append((char) c);
            } else if (isPlain(c)) {
                line.appendCodePoint(c);
            } else {
                appendEscape(line, c);
            }
        });
    }

    private static boolean isPlain(int c) {
        if (c < 0x7f) {
            return c >= ' ';
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }

    private static void appendEscape(StringBuilder line, int c) {
        switch (c) {
            case '\n' -> line.append("\\n");
            case '\r' -> line.append("\\r");
            case '\t' -> line.append("\\t");
            default -> {
                for (char unit : Character.toChars(c)) {
                    line.append(String.format("\\u%04x", (int) unit));
                }
            }
        }
    }
}
