/**
 * The process: the only place where collaborators are made and put together.
 *
 * <p>May use everything. Read next: {@link io.heliograph.Main}, then {@link io.heliograph.transport}.
 */
@NullMarked
package io.heliograph;

import org.jspecify.annotations.NullMarked;
