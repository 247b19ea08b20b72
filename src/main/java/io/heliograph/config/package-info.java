/**
 * What an operator chose: files, environment and system properties, through Vert.x Config, become the checked records of
 * {@code protocol}; and the log is set up as they say.
 *
 * <p>May use {@code protocol}, Vert.x core types, Vert.x Config, SnakeYAML, SLF4J and Logback. Read next:
 * {@link io.heliograph.config.Keys}, the table of what may be configured.
 */
@NullMarked
package io.heliograph.config;

import org.jspecify.annotations.NullMarked;
