package io.heliograph.protocol;

import java.util.List;
import java.util.Optional;

/**
 * Where a client finds ways to others: what an {@code RTCIceServer} says.
 *
 * @param urls as in RFC 7064 and RFC 7065
 * @param credential what a TURN server asks for
 */
public record IceServer(List<String> urls, Optional<Credential> credential) {

    public IceServer {
        urls = List.copyOf(urls);
    }

    /** A user name and password of the long-term mechanism (RFC 8489, section 9.2). */
    public record Credential(String username, Secret password) {}
}
