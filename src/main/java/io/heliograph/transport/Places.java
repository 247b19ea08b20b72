package io.heliograph.transport;

import io.heliograph.protocol.ConnectionRefusal;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** So many there are for all, and so many for one address. From any context. */
final class Places {
    private final int all;
    private final int ofOneAddress;
    private final AtomicInteger taken = new AtomicInteger();
    private final ConcurrentMap<ClientAddress, Integer> takenByAddress = new ConcurrentHashMap<>();

    /** @param ofOneAddress 0 where an address may have them all */
    Places(int all, int ofOneAddress) {
        this.all = all;
        this.ofOneAddress = ofOneAddress;
    }

    /** Takes one, or says why not. Each that was taken is to be {@link #free freed}. */
    Optional<ConnectionRefusal> take(Optional<ClientAddress> address) {
        if (taken.incrementAndGet() > all) {
            taken.decrementAndGet();
            return Optional.of(ConnectionRefusal.FULL);
        }
        if (ofOneAddress > 0 && address.map(this::count).orElse(0) > ofOneAddress) {
            free(address);
            return Optional.of(ConnectionRefusal.ADDRESS);
        }
        return Optional.empty();
    }

    /** @param address the one for which it was taken */
    void free(Optional<ClientAddress> address) {
        taken.decrementAndGet();
        if (ofOneAddress > 0) {
            address.ifPresent(
                    known -> takenByAddress.computeIfPresent(known, (same, count) -> count > 1 ? count - 1 : null));
        }
    }

    private int count(ClientAddress address) {
        return takenByAddress.merge(address, 1, Integer::sum);
    }
}
