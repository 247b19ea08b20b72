package io.heliograph.routing;

import io.heliograph.protocol.Limits;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Whom a node has no room for any more, of those that are away. */
final class Absence {
    private final Limits.Absence limits;

    Absence(Limits.Absence limits) {
        this.limits = limits;
    }

    /** Who has been away longest, where there are too many, and for whom most waits, where it is too much for all together. */
    List<LocalPeer> excess(Collection<LocalPeer> away) {
        int tooMany = Math.max(0, away.size() - limits.sessions());
        List<LocalPeer> all = new ArrayList<>(away);
        if (tooMany > 0) {
            all.sort(Comparator.comparingInt(LocalPeer::ticksAway).reversed());
        }
        List<LocalPeer> given = new ArrayList<>(all.subList(0, tooMany));
        List<LocalPeer> kept = all.subList(tooMany, all.size());
        long bytes = kept.stream().mapToLong(LocalPeer::mailBytes).sum();
        if (bytes > limits.bytes()) {
            kept.sort(Comparator.comparingInt(LocalPeer::mailBytes).reversed());
        }
        for (LocalPeer peer : kept) {
            if (bytes <= limits.bytes()) {
                break;
            }
            bytes -= peer.mailBytes();
            given.add(peer);
        }
        return given;
    }
}
