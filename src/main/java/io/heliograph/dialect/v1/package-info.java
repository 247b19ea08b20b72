/**
 * Heliograph's own wire format, version 1 (src/docs/protocol.md).
 *
 * <p>May use {@code protocol}, {@code dialect} and Jackson's streaming parser. Read next: {@link io.heliograph.dialect.v1.Codec}.
 */
@NullMarked
package io.heliograph.dialect.v1;

import org.jspecify.annotations.NullMarked;
