/**
 * Who a client is and what it may do: tokens, and the keys that they are checked with.
 *
 * <p>May use {@code protocol}, Vert.x core types and jose4j. Read next: {@link io.heliograph.auth.Authenticator}.
 */
@NullMarked
package io.heliograph.auth;

import org.jspecify.annotations.NullMarked;
