/**
 * What is counted, as Prometheus reads it: our own series beside those of Vert.x, Netty and the JVM.
 *
 * <p>May use {@code protocol}, Vert.x core types and Micrometer. Read next: {@link io.heliograph.metrics.MicrometerFacts}.
 */
@NullMarked
package io.heliograph.metrics;

import org.jspecify.annotations.NullMarked;
