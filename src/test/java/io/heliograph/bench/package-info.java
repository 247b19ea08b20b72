/** Measurements of numbers that the project promises. They take minutes and a quiet machine, so no build runs them. */
@NullMarked
package io.heliograph.bench;

import org.jspecify.annotations.NullMarked;
