package io.heliograph.transport;

import io.vertx.core.buffer.Buffer;

/** What the files of certificate and key held at one moment. */
record PemPair(Buffer certificate, Buffer key) {

    /** Its sizes only. */
    @Override
    public String toString() {
        return "certificate of " + certificate.length() + " bytes, key of " + key.length() + " bytes";
    }
}
