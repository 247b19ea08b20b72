/**
 * HTTP, WebSocket and SockJS towards clients: the verticle, its connections, which pages may open them, and the
 * static files.
 *
 * <p>May use {@code protocol}, {@code session}, {@code dialect} and Vert.x. Read next: {@link io.heliograph.transport.SignalingVerticle}.
 */
@NullMarked
package io.heliograph.transport;

import org.jspecify.annotations.NullMarked;
