/**
 * The event bus and the shared maps: the link between nodes, the directory, membership.
 *
 * <p>May use {@code protocol}, {@code routing}, Vert.x core and Hazelcast's configuration. Read next: {@link
 * io.heliograph.cluster.BusLink}.
 */
@NullMarked
package io.heliograph.cluster;

import org.jspecify.annotations.NullMarked;
