package io.heliograph.config;

import java.util.List;

/** The configuration cannot be used. Its message is one line that names everything that is wrong, and what was expected. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ConfigurationException(String problem) {
        super(problem, null, false, false);
    }

    ConfigurationException(List<String> problems) {
        this(String.join("; ", problems));
    }
}
