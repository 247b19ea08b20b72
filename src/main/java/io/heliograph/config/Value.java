package io.heliograph.config;

/**
 * A configured text.
 *
 * @param origin the file, the environment variable or the system property it came from
 */
record Value(String text, String origin) {
    private static final int SHOWN_MAX = 100;

    /** The text as an error shows it: on one line, not too long, and never a private key that was put where its path belongs. */
    String shown() {
        if (text.contains("PRIVATE KEY")) {
            return "(not shown)";
        }
        if (text.isBlank()) {
            return '"' + OneLine.of(text) + '"';
        }
        return OneLine.of(text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…");
    }
}
