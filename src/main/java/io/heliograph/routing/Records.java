package io.heliograph.routing;

import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The records of this node's sessions in the directory: what they have, written one change after the other. */
final class Records {
    private static final int ATTEMPTS_MAX = 5;
    /** A record that was given up may yet be written: it is removed so many times, once a tick. */
    private static final int REMOVE_TIMES = 5;

    /** A record being written. */
    private static final class Writing {
        private Promise<Void> next = Promise.promise();
        private boolean wanted;
        private boolean underWay;
    }

    /** What is still to be done to remove a record. */
    private record Removal(String key, int times) {
        @Nullable
        Removal onceLess() {
            return times == 1 ? null : new Removal(key, times - 1);
        }
    }

    // Set once.
    private final NodeId self;
    private final Directory directory;
    private final Census census;
    private final Claims claims;

    // Owned by the node's context.
    private final Map<PeerId, Writing> writings = new HashMap<>();
    private final Map<PeerId, SessionRecord> known = new HashMap<>();
    private final Set<PeerId> doubtful = new HashSet<>();
    private final Set<PeerId> changed = new HashSet<>();
    private final Map<PeerId, Removal> toRemove = new HashMap<>();
    private Consumer<LocalPeer> lost = peer -> {};
    private Runnable leftBehind = () -> {};

    Records(NodeId self, Directory directory, Census census, Claims claims) {
        this.self = self;
        this.directory = directory;
        this.census = census;
        this.claims = claims;
        claims.whenMade(known::put);
    }

    /** What to do with a peer that turns out to be somebody else's. */
    void whenLost(Consumer<LocalPeer> action) {
        lost = action;
    }

    /** What to do when a record may stay that nobody here has a peer for. */
    void whenLeftBehind(Runnable action) {
        leftBehind = action;
    }

    /** Records a new session. */
    Future<SessionToken> open(PeerId peer, SessionState state) {
        SessionToken token = SessionToken.random(peer);
        SessionRecord first = new SessionRecord(1, self, token.hash(), Optional.empty(), state);
        return directory
                .replaceSession(peer, Optional.empty(), Optional.of(first))
                .onFailure(unknown -> removeLater(peer, first.key()))
                .compose(opened -> {
                    if (!opened) {
                        return Future.failedFuture(Claims.unavailable());
                    }
                    known.put(peer, first);
                    return Future.succeededFuture(token);
                });
    }

    /** What is known to be recorded. */
    Optional<SessionRecord> known(PeerId peer) {
        return Optional.ofNullable(known.get(peer));
    }

    /** Records what the peer has now; completes when that was tried: what fails is tried again later. */
    Future<Void> save(LocalPeer peer) {
        if (peer.isLeaving()) {
            doubtful.add(peer.id());
            return Future.succeededFuture();
        }
        Writing writing = writings.computeIfAbsent(peer.id(), id -> new Writing());
        writing.wanted = true;
        Future<Void> saved = writing.next.future();
        if (!writing.underWay) {
            write(peer, writing);
        }
        return saved;
    }

    /** The same within a second, once for all that changes until then. */
    void saveLater(LocalPeer peer) {
        changed.add(peer.id());
    }

    private void write(LocalPeer peer, Writing writing) {
        Promise<Void> done = writing.next;
        writing.next = Promise.promise();
        writing.wanted = false;
        writing.underWay = true;
        write(peer, ATTEMPTS_MAX).onComplete(written -> {
            writing.underWay = false;
            if (written.failed()) {
                doubtful.add(peer.id());
            }
            if (writing.wanted) {
                write(peer, writing);
            } else {
                writings.remove(peer.id());
            }
            done.complete();
        });
    }

    /** Writes what has changed, and again what may not be written; called once a second. */
    void tick() {
        forEachOnce(changed, this::save);
        forEachOnce(doubtful, this::check);
        new TreeMap<>(toRemove).forEach(this::removeAgain);
    }

    private void forEachOnce(Set<PeerId> peers, Function<LocalPeer, Future<Void>> action) {
        List<PeerId> once = List.copyOf(peers);
        peers.clear();
        once.forEach(id -> census.peer(id).ifPresent(peer -> {
            var unused = action.apply(peer);
        }));
    }

    /** Makes sure that the directory says what is true of the peer, and that the peer is this node's. */
    Future<Void> check(LocalPeer peer) {
        known.remove(peer.id());
        return save(peer);
    }

    private Future<Void> write(LocalPeer peer, int attempts) {
        if (attempts == 0) {
            return Future.failedFuture(Claims.unavailable());
        }
        SessionRecord base = known.get(peer.id());
        if (base == null) {
            return read(peer).compose(mine -> mine ? write(peer, attempts - 1) : Future.succeededFuture());
        }
        LocalPeer.Claim claim = peer.claim();
        SessionRecord next =
                new SessionRecord(claim.epoch(), self, claim.key(), claim.formerKey(), census.stateOf(peer));
        if (next.equals(base)) {
            return Future.succeededFuture();
        }
        return directory
                .replaceSession(peer.id(), Optional.of(base), Optional.of(next))
                .transform(replaced -> {
                    if (replaced.succeeded() && replaced.result()) {
                        known.put(peer.id(), next);
                        return Future.succeededFuture();
                    }
                    known.remove(peer.id());
                    return write(peer, attempts - 1);
                });
    }

    /** Looks what is recorded; answers whether the peer is this node's to write. */
    private Future<Boolean> read(LocalPeer peer) {
        return directory.findSession(peer.id()).compose(found -> {
            if (peer.isLeaving() || !census.has(peer)) {
                return Future.succeededFuture(false);
            }
            if (found.isEmpty()) {
                return renew(peer);
            }
            SessionRecord record = found.get();
            if (!record.node().equals(self) && record.epoch() >= peer.epoch()) {
                lost.accept(peer);
                return Future.succeededFuture(false);
            }
            boolean claimedAnew = record.node().equals(self) && record.epoch() > peer.epoch();
            if (claimedAnew && (claims.isUnderWay(peer.id()) || census.isSettling(peer.id()))) {
                // It may have been elsewhere in between: that is for whoever goes on with it.
                doubtful.add(peer.id());
                return Future.succeededFuture(false);
            }
            known.put(peer.id(), record);
            if (claimedAnew) {
                peer.claim(LocalPeer.Claim.of(record));
            }
            return Future.succeededFuture(true);
        });
    }

    /** Others have given the session up. It goes on if its client is there. */
    private Future<Boolean> renew(LocalPeer peer) {
        if (peer.isAway()) {
            lost.accept(peer);
            return Future.succeededFuture(false);
        }
        LocalPeer.Claim claim = peer.claim();
        SessionRecord renewed = new SessionRecord(
                claims.epochAfter(claim.epoch()), self, claim.key(), claim.formerKey(), census.stateOf(peer));
        return directory
                .replaceSession(peer.id(), Optional.empty(), Optional.of(renewed))
                // The peer may have ended by the time that this is made.
                .onFailure(unknown -> removeLater(peer.id(), renewed.key()))
                .map(replaced -> {
                    if (replaced) {
                        known.put(peer.id(), renewed);
                        peer.claim(LocalPeer.Claim.of(renewed));
                    }
                    return true;
                });
    }

    /**
     * Ends the session, unless it was claimed after the peer's own claim.
     *
     * @return who has claimed it; where the directory does not answer, that is taken to be nobody, and put right later
     */
    Future<Optional<NodeId>> close(LocalPeer peer) {
        Writing writing = writings.get(peer.id());
        Future<Void> written = writing == null ? Future.succeededFuture() : writing.next.future();
        if (writing != null) {
            writing.wanted = true;
        }
        LocalPeer.Claim claim = peer.claim();
        return written.compose(settled -> close(peer.id(), claim, ATTEMPTS_MAX));
    }

    private Future<Optional<NodeId>> close(PeerId id, LocalPeer.Claim claim, int attempts) {
        if (attempts <= 0) {
            removeLater(id, claim.key());
            return Future.succeededFuture(Optional.empty());
        }
        Optional<SessionRecord> base = Optional.ofNullable(known.remove(id));
        return (base.isPresent() ? Future.succeededFuture(base) : directory.findSession(id)).transform(found -> {
            if (found.failed()) {
                return close(id, claim, attempts - 2);
            }
            Optional<SessionRecord> record = found.result();
            if (record.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            boolean own = record.get().node().equals(self) && record.get().key().equals(claim.key());
            // An earlier one is there again where a partition of the directory has gone back to a copy of before.
            boolean earlier = record.get().epoch() < claim.epoch();
            if (!own && !earlier) {
                return Future.succeededFuture(record.map(SessionRecord::node));
            }
            return directory
                    .replaceSession(id, record, Optional.empty())
                    .transform(removed -> removed.succeeded() && removed.result()
                            ? Future.succeededFuture(Optional.empty())
                            : close(id, claim, attempts - 2));
        });
    }

    /** Whether nobody of that id is here, or on the way here. */
    boolean isUnclaimed(PeerId peer) {
        return census.peer(peer).isEmpty()
                && !census.expected(peer)
                && !claims.isUnderWay(peer)
                && !claims.isDoubtful(peer);
    }

    /** Nothing is known of it any more. */
    void forget(PeerId peer) {
        known.remove(peer);
        doubtful.remove(peer);
    }

    /** A record of that key that nobody here has a peer for could not be removed, or may be written yet. */
    void removeLater(PeerId peer, String key) {
        toRemove.put(peer, new Removal(key, REMOVE_TIMES));
        leftBehind.run();
    }

    private void removeAgain(PeerId peer, Removal removal) {
        remove(peer, removal.key())
                .onSuccess(removed -> toRemove.computeIfPresent(peer, (id, current) -> current.onceLess()));
    }

    private Future<Void> remove(PeerId peer, String key) {
        return directory.findSession(peer).compose(found -> {
            boolean own = found.filter(record ->
                                    record.node().equals(self) && record.key().equals(key))
                            .isPresent()
                    && isUnclaimed(peer);
            return own ? directory.replaceSession(peer, found, Optional.empty()).mapEmpty() : Future.succeededFuture();
        });
    }
}
