/**
 * The wire: frame to message and back, without socket, timer or cluster. One subpackage for each format.
 *
 * <p>May use {@code protocol}. Read next: {@link io.heliograph.dialect.Dialect}.
 */
@NullMarked
package io.heliograph.dialect;

import org.jspecify.annotations.NullMarked;
