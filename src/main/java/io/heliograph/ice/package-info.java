/**
 * Which STUN and TURN servers a client may use, and the credentials for them.
 *
 * <p>May use {@code protocol} and the JDK. Read next: {@link io.heliograph.ice.IceIssuer}.
 */
@NullMarked
package io.heliograph.ice;

import org.jspecify.annotations.NullMarked;
