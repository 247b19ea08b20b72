package io.heliograph.routing;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The records of sessions in the directory, as far as this node writes them. Who has a session is decided by compare-and-set; what
 * it has is written by its owner, one change after the other.
 */
final class Records {
    private static final int ATTEMPTS_MAX = 5;
    /** A record that was given up may yet be written: it is removed so many times, once a tick. */
    private static final int REMOVE_TIMES = 5;
    /** A claim that was given up may yet be made: so many times it is looked for, once a tick. */
    private static final int LOOK_TIMES = 5;

    /**
     * A session claimed for this node.
     *
     * @param before its record until then
     * @param token with which it may be claimed from now on
     */
    record Claimed(SessionRecord before, SessionRecord now, SessionToken token) {}

    /** A claim that was tried, to replace a record of the epoch {@code over}. */
    private record Attempt(Claimed claim, long over) {}

    /** A claim of which the directory has not said whether it was made. */
    private record Doubt(Claimed claim, int looksLeft) {}

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
    private final InstantSource clock;

    // Owned by the node's context.
    private final Map<PeerId, Writing> writings = new HashMap<>();
    private final Map<PeerId, Future<?>> claims = new HashMap<>();
    private final Map<PeerId, SessionRecord> known = new HashMap<>();
    private final Set<PeerId> doubtful = new HashSet<>();
    private final Map<PeerId, Removal> toRemove = new HashMap<>();
    private final Map<PeerId, Doubt> doubts = new HashMap<>();
    private Consumer<LocalPeer> lost = peer -> {};
    private Consumer<Claimed> claimedLate = claimed -> {};
    private Runnable leftBehind = () -> {};

    /** {@code clock} decides between two claims that were made in two parts of a cluster. */
    Records(NodeId self, Directory directory, Census census, InstantSource clock) {
        this.self = self;
        this.directory = directory;
        this.census = census;
        this.clock = clock;
    }

    /** What to do with a peer that turns out to be somebody else's. */
    void whenLost(Consumer<LocalPeer> action) {
        lost = action;
    }

    /** What to do with a session that turns out to be this node's after its client was told that it could not be had. */
    void whenClaimedLate(Consumer<Claimed> action) {
        claimedLate = action;
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
                        return Future.failedFuture(unavailable());
                    }
                    known.put(peer, first);
                    return Future.succeededFuture(token);
                });
    }

    /** What is known to be recorded. */
    Optional<SessionRecord> known(PeerId peer) {
        return Optional.ofNullable(known.get(peer));
    }

    /**
     * Claims the session that {@code token} opens; empty where there is none. Fails where it was claimed elsewhere meanwhile, or
     * where nobody is there any more to go on with it: its client may be trying elsewhere.
     */
    Future<Optional<Claimed>> claim(SessionToken token, Receiver receiver) {
        PeerId peer = token.peer();
        Future<Optional<Claimed>> claim =
                claim(token, receiver, SessionToken.random(peer), Optional.empty(), ATTEMPTS_MAX);
        claims.put(peer, claim);
        return claim.onComplete(ended -> claims.remove(peer, claim));
    }

    /** Completes when this node knows what has become of its claim, where it has made one. */
    Future<?> claimed(PeerId peer) {
        return claims.getOrDefault(peer, Future.succeededFuture());
    }

    /** Completes when this node knows what has become of the claims that it is making. */
    Future<Void> claimsUnderWay() {
        return Future.join(List.copyOf(claims.values())).otherwiseEmpty().mapEmpty();
    }

    private Future<Optional<Claimed>> claim(
            SessionToken token, Receiver receiver, SessionToken next, Optional<Attempt> tried, int attempts) {
        if (attempts <= 0) {
            return giveUp(tried, unavailable());
        }
        PeerId peer = token.peer();
        return directory.findSession(peer).transform(found -> {
            if (found.failed()) {
                return claim(token, receiver, next, tried, attempts - 2);
            }
            Optional<SessionRecord> before = found.result().filter(record -> record.isOpenedBy(token.hash()));
            if (before.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            SessionRecord record = before.get();
            if (tried.isPresent() && record.key().equals(next.hash())) {
                return claimed(tried.get().claim());
            }
            boolean overtaken =
                    tried.filter(attempt -> attempt.over() < record.epoch()).isPresent();
            if (overtaken || !receiver.isOpen()) {
                return giveUp(tried, new ResumedElsewhere());
            }
            SessionRecord now = record.claimedBy(self, epochAfter(record.epoch()), token.hash(), next.hash());
            Claimed wanted = new Claimed(origin(peer, record), now, next);
            return directory
                    .replaceSession(peer, before, Optional.of(wanted.now()))
                    .transform(replaced -> replaced.succeeded() && replaced.result()
                            ? claimed(wanted)
                            : claim(
                                    token,
                                    receiver,
                                    next,
                                    Optional.of(new Attempt(wanted, record.epoch())),
                                    attempts - 1));
        });
    }

    private Future<Optional<Claimed>> giveUp(Optional<Attempt> tried, Throwable failure) {
        tried.map(Attempt::claim).ifPresent(claim -> doubts.put(claim.token().peer(), new Doubt(claim, LOOK_TIMES)));
        return Future.failedFuture(failure);
    }

    /**
     * Higher than the one before, and the time, in milliseconds: of two claims that were made while parts of the cluster did not
     * hear each other, the later one stands.
     */
    private long epochAfter(long epoch) {
        return Math.max(epoch + 1, clock.millis());
    }

    /** The record, or that which this node has replaced by it without going on with the session. */
    private SessionRecord origin(PeerId peer, SessionRecord record) {
        return Optional.ofNullable(doubts.get(peer))
                .map(Doubt::claim)
                .filter(claim -> claim.now().key().equals(record.key()))
                .map(Claimed::before)
                .orElse(record);
    }

    private void look(PeerId peer, Doubt doubt) {
        directory.findSession(peer).onSuccess(found -> {
            if (!doubt.equals(doubts.get(peer)) || claims.containsKey(peer)) {
                return;
            }
            Claimed claim = doubt.claim();
            Optional<SessionRecord> made =
                    found.filter(record -> record.key().equals(claim.now().key()));
            if (made.isPresent()) {
                doubts.remove(peer);
                known.put(peer, made.get());
                claimedLate.accept(claim);
            } else if (doubt.looksLeft() == 1) {
                doubts.remove(peer);
            } else {
                doubts.put(peer, new Doubt(claim, doubt.looksLeft() - 1));
            }
        });
    }

    private Future<Optional<Claimed>> claimed(Claimed claimed) {
        doubts.remove(claimed.token().peer());
        known.put(claimed.token().peer(), claimed.now());
        return Future.succeededFuture(Optional.of(claimed));
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

    /** Writes again what may not be written; called once a second. */
    void tick() {
        List<PeerId> again = List.copyOf(doubtful);
        doubtful.clear();
        again.forEach(id -> census.peer(id).ifPresent(peer -> {
            known.remove(id);
            var unused = save(peer);
        }));
        new TreeMap<>(doubts).forEach(this::look);
        new TreeMap<>(toRemove).forEach(this::removeAgain);
    }

    /** Makes sure that the directory says what is true of the peer, and that the peer is this node's. */
    Future<Void> check(LocalPeer peer) {
        known.remove(peer.id());
        return save(peer);
    }

    private Future<Void> write(LocalPeer peer, int attempts) {
        if (attempts == 0) {
            return Future.failedFuture(unavailable());
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
            if (claimedAnew && (claims.containsKey(peer.id()) || census.isSettling(peer.id()))) {
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
                epochAfter(claim.epoch()), self, claim.key(), claim.formerKey(), census.stateOf(peer));
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
     * Ends the session, if it is still this node's.
     *
     * @return whether it was; where the directory does not answer, it is taken to be so, and put right later
     */
    Future<Boolean> close(LocalPeer peer) {
        Writing writing = writings.get(peer.id());
        Future<Void> written = writing == null ? Future.succeededFuture() : writing.next.future();
        if (writing != null) {
            writing.wanted = true;
        }
        String key = peer.claim().key();
        return written.compose(settled -> close(peer, key, ATTEMPTS_MAX));
    }

    private Future<Boolean> close(LocalPeer peer, String key, int attempts) {
        PeerId id = peer.id();
        if (attempts <= 0) {
            removeLater(id, key);
            return Future.succeededFuture(true);
        }
        Optional<SessionRecord> base = Optional.ofNullable(known.remove(id));
        return (base.isPresent() ? Future.succeededFuture(base) : directory.findSession(id)).transform(found -> {
            if (found.failed()) {
                return close(peer, key, attempts - 2);
            }
            Optional<SessionRecord> record = found.result();
            if (record.isEmpty()) {
                return Future.succeededFuture(true);
            }
            if (!record.get().node().equals(self) || !record.get().key().equals(key)) {
                return Future.succeededFuture(false);
            }
            return directory
                    .replaceSession(id, record, Optional.empty())
                    .transform(removed -> removed.succeeded() && removed.result()
                            ? Future.succeededFuture(true)
                            : close(peer, key, attempts - 2));
        });
    }

    /** Whether nobody of that id is here, or on the way here. */
    boolean isUnclaimed(PeerId peer) {
        return census.peer(peer).isEmpty()
                && !census.expected(peer)
                && !claims.containsKey(peer)
                && !doubts.containsKey(peer);
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

    private static Refusal unavailable() {
        return new Refusal(ErrorCode.UNAVAILABLE, "session: the directory does not answer");
    }
}
