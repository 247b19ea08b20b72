package io.heliograph.auth;

import io.heliograph.protocol.Name;
import io.heliograph.protocol.Secret;
import io.vertx.core.Future;
import java.util.Optional;

/** Finds out who a client is. Shared: asked on any Vert.x context, on which the future then completes. */
@FunctionalInterface
public interface Authenticator {

    /**
     * Fails with a {@link io.heliograph.protocol.Refusal} that is {@code unauthorized} and says what is wrong, but nothing of
     * what the token says, or {@code unavailable} where that cannot be found out now.
     *
     * @param named who the client says it is; where it renews a token, the user that it is
     */
    Future<Identity> identify(Optional<Name> named, Optional<Secret> token);

    /** Everybody is who they say, and may do everything. */
    static Authenticator open() {
        return (named, token) -> Future.succeededFuture(Identity.claimed(named));
    }
}
