/**
 * Relays that are followed across nodes, as spans of OpenTelemetry, sent to a collector over OTLP.
 *
 * <p>May use {@code protocol}, Vert.x core types, SLF4J and OpenTelemetry. Read next:
 * {@link io.heliograph.tracing.OpenTelemetryTraces}.
 */
@NullMarked
package io.heliograph.tracing;

import org.jspecify.annotations.NullMarked;
