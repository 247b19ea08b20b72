/**
 * One connection's life: greeting, active, closed.
 *
 * <p>May use {@code protocol}, {@code routing}, {@code auth}, {@code ice} and Vert.x core types. Read next: {@link io.heliograph.session.Session}.
 */
@NullMarked
package io.heliograph.session;

import org.jspecify.annotations.NullMarked;
