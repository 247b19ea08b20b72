/**
 * Who is where: which peers this node owns, who is in which room, and on which node everybody else is.
 *
 * <p>May use {@code protocol} and Vert.x core types. Defines the ports through which it reaches the outside, and their
 * loopback versions, which a single node runs on. Read next: {@link io.heliograph.routing.Router}.
 */
@NullMarked
package io.heliograph.routing;

import org.jspecify.annotations.NullMarked;
