/**
 * What the integration tests stand on: real server processes, clients that record everything, and the consistency check.
 *
 * <p>Uses nothing of the server but its jar. Read next: {@link io.heliograph.it.harness.ServerProcess}.
 */
@NullMarked
package io.heliograph.it.harness;

import org.jspecify.annotations.NullMarked;
