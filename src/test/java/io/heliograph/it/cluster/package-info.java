/**
 * Several server processes as one cluster, under load and while some of them die.
 *
 * <p>Uses {@code it.harness} only. Read next: {@code TwoProcessesIT}.
 */
@NullMarked
package io.heliograph.it.cluster;

import org.jspecify.annotations.NullMarked;
