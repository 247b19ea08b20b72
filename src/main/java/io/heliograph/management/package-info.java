/**
 * What operators and their tools ask: probes, metrics and the state of this process, on a port of its own.
 *
 * <p>May use {@code protocol}, the ports of {@code routing}, Vert.x core types and Vert.x Web. Read next:
 * {@link io.heliograph.management.ManagementServer}.
 */
@NullMarked
package io.heliograph.management;

import org.jspecify.annotations.NullMarked;
