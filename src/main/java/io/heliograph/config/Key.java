package io.heliograph.config;

import java.util.Locale;

/**
 * One thing that may be configured.
 *
 * @param path its name in the file, with dots
 * @param standard the text that holds where nobody says otherwise
 */
record Key<T>(String path, String standard, Kind<T> kind) {

    /** Its name among the environment variables. */
    String environmentName() {
        return Keys.ENVIRONMENT_PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_');
    }
}
