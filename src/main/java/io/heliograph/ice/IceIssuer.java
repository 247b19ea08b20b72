package io.heliograph.ice;

import io.heliograph.protocol.IceGrant;
import io.heliograph.protocol.IceServer;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Settings;
import io.heliograph.protocol.Settings.Ice.Turn;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Gives each client the configured ICE servers, TURN servers with a credential of its own. Shared: any thread. */
public final class IceIssuer {
    private final Settings.Ice settings;
    private final InstantSource clock;

    /**
     * Issues from what is configured.
     *
     * @param clock what the expiry of credentials is counted from; the TURN servers compare it with their own
     */
    public IceIssuer(Settings.Ice settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /**
     * What one client may use from now on. With two secrets there is an entry for each, so that a TURN server may know
     * either; in the order configured, because over UDP Chromium uses only the first entry with the same address.
     *
     * @param ttlSecondsMax ends the credentials before the configured time, at least 1; for a client that is let in for less
     */
    public IceGrant grant(Optional<Name> user, PeerId peer, OptionalInt ttlSecondsMax) {
        List<IceServer> servers = new ArrayList<>();
        if (!settings.stunUrls().isEmpty()) {
            servers.add(new IceServer(settings.stunUrls(), Optional.empty()));
        }
        Optional<Turn> turn = settings.turn();
        if (turn.isEmpty()) {
            return new IceGrant(servers, OptionalInt.empty());
        }
        if (turn.get() instanceof Turn.Timed timed) {
            int ttlSeconds = Math.min(timed.ttlSeconds(), ttlSecondsMax.orElse(Integer.MAX_VALUE));
            long expirySeconds = clock.instant().getEpochSecond() + ttlSeconds;
            String username = expirySeconds + ":" + TurnName.of(user, peer).value();
            timed.secrets().stream()
                    .map(secret -> new TurnSignature(secret).credential(username))
                    .forEach(credential -> servers.add(new IceServer(timed.urls(), Optional.of(credential))));
            return new IceGrant(servers, OptionalInt.of(ttlSeconds));
        }
        Turn.Fixed fixed = (Turn.Fixed) turn.get();
        servers.add(new IceServer(fixed.urls(), Optional.of(fixed.credential())));
        return new IceGrant(servers, OptionalInt.empty());
    }
}
