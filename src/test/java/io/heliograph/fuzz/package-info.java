/** What the fuzz targets of all packages have in common; each stands beside the codec that it is for. */
@NullMarked
package io.heliograph.fuzz;

import org.jspecify.annotations.NullMarked;
