/**
 * The vocabulary: messages, ids, reasons, limits and settings, as immutable values that every other package speaks in.
 *
 * <p>May use the JDK only. Read next: {@link io.heliograph.protocol.ClientMessage}.
 */
@NullMarked
package io.heliograph.protocol;

import org.jspecify.annotations.NullMarked;
