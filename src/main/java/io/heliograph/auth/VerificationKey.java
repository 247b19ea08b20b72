package io.heliograph.auth;

import java.security.Key;

/** A key, and the one algorithm whose signatures it checks (RFC 8725, section 3.1). */
record VerificationKey(Algorithm algorithm, Key key) {}
