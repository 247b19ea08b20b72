/**
 * Clients and one server process, down to single bytes of the WebSocket.
 *
 * <p>Uses {@code it.harness} only. Read next: {@code CloseCodesIT}.
 */
@NullMarked
package io.heliograph.it.wire;

import org.jspecify.annotations.NullMarked;
