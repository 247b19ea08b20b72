/**
 * What an operator meets: starting, stopping, pages, probes, metrics.
 *
 * <p>Uses {@code it.harness} only. Read next: {@code StartIT}.
 */
@NullMarked
package io.heliograph.it.operation;

import org.jspecify.annotations.NullMarked;
