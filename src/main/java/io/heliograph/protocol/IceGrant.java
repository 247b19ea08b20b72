package io.heliograph.protocol;

import java.util.List;
import java.util.OptionalInt;

/**
 * The ICE servers given to one client.
 *
 * @param ttlSeconds for how long the credentials are good, at least 1; empty where there are none or they do not expire
 */
public record IceGrant(List<IceServer> servers, OptionalInt ttlSeconds) {
    /** No servers. */
    public static final IceGrant NONE = new IceGrant(List.of(), OptionalInt.empty());

    /** Fails with an {@link IllegalArgumentException} where the time is over before it begins. */
    public IceGrant {
        if (ttlSeconds.isPresent() && ttlSeconds.getAsInt() < 1) {
            throw new IllegalArgumentException("ttl seconds: " + ttlSeconds.getAsInt() + " (expected: >= 1)");
        }
        servers = List.copyOf(servers);
    }
}
