package io.heliograph.auth;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.IceServer;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Tenant;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Who a client turned out to be.
 *
 * @param user of its tenant, if it is of one; empty where it did not say
 * @param expiry from when on this does not hold any more; empty where it holds for ever
 * @param isVouchedFor whether somebody else than the client says so
 * @param iceServers those that it is to use instead of the configured ones
 */
public record Identity(
        Optional<Name> user,
        Grants grants,
        Optional<Instant> expiry,
        boolean isVouchedFor,
        Optional<List<IceServer>> iceServers) {

    public Identity {
        iceServers = iceServers.map(List::copyOf);
    }

    /** Who says so itself, and may do everything. */
    static Identity claimed(Optional<Name> user) {
        return new Identity(user, Grants.ALL, Optional.empty(), false, Optional.empty());
    }

    /** Who somebody vouches for. */
    static Identity vouched(Name user, Grants grants, Optional<Instant> expiry) {
        return new Identity(Optional.of(user), grants, expiry, true, Optional.empty());
    }

    /** The same with ICE servers of its own, where there are some. */
    Identity with(Optional<List<IceServer>> own) {
        return new Identity(user, grants, expiry, isVouchedFor, own);
    }

    /** Whose names it uses. */
    public Optional<Tenant> tenant() {
        return user.flatMap(Name::tenant);
    }

    /** Whether it may go on with a session of {@code owner}. Where nobody vouches for users, the session's secret decides. */
    public boolean mayResume(Optional<Name> owner) {
        return !isVouchedFor || owner.equals(user);
    }
}
