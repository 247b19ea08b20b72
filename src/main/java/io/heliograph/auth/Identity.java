package io.heliograph.auth;

import io.heliograph.protocol.Grants;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Tenant;
import java.time.Instant;
import java.util.Optional;

/**
 * Who a client turned out to be.
 *
 * @param user of its tenant, if it is of one; empty where it did not say
 * @param expiry from when on this does not hold any more; empty where nobody has vouched for it, and so for ever
 */
public record Identity(Optional<Name> user, Grants grants, Optional<Instant> expiry) {

    /** Whether somebody vouches for it. */
    public boolean isVouchedFor() {
        return expiry.isPresent();
    }

    /** Whose names it uses. */
    public Optional<Tenant> tenant() {
        return user.flatMap(Name::tenant);
    }

    /** Whether it may go on with a session of {@code owner}. Where nobody vouches for users, the session's secret decides. */
    public boolean mayResume(Optional<Name> owner) {
        return !isVouchedFor() || owner.equals(user);
    }
}
