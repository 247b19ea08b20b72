package io.heliograph.routing;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Sessions claimed for this node. Who has one is decided by compare-and-set of its record. */
final class Claims {
    private static final int ATTEMPTS_MAX = 5;
    /** A claim that was given up may yet be made: so many times it is looked for, once a tick. */
    private static final int LOOK_TIMES = 5;

    /**
     * A session claimed for this node.
     *
     * @param before its record until then
     * @param token with which it may be claimed from now on
     */
    record Claimed(SessionRecord before, SessionRecord now, SessionToken token) {}

    /** A claim of which the directory has not said whether it was made. */
    private record Doubt(Claimed claim, int looksLeft) {}

    // Set once.
    private final NodeId self;
    private final Directory directory;
    private final InstantSource clock;

    // Owned by the node's context.
    private final Map<PeerId, Future<?>> underWay = new HashMap<>();
    private final Map<PeerId, Doubt> doubts = new HashMap<>();
    private BiConsumer<PeerId, SessionRecord> made = (peer, record) -> {};
    private Consumer<Claimed> late = claimed -> {};

    /** {@code clock} decides between two claims that were made in two parts of a cluster. */
    Claims(NodeId self, Directory directory, InstantSource clock) {
        this.self = self;
        this.directory = directory;
        this.clock = clock;
    }

    /** Who is to know the record of a session that has been claimed. */
    void whenMade(BiConsumer<PeerId, SessionRecord> action) {
        made = action;
    }

    /** What to do with a session that turns out to be this node's after its client was told that it could not be had. */
    void whenLate(Consumer<Claimed> action) {
        late = action;
    }

    /**
     * Claims the session that {@code token} opens; empty where there is none. Fails where it was claimed elsewhere meanwhile, or
     * where nobody is there any more to go on with it: its client may be trying elsewhere; and where {@code mayHave} says no to
     * its user.
     */
    Future<Optional<Claimed>> claim(SessionToken token, Predicate<Optional<Name>> mayHave, Receiver receiver) {
        PeerId peer = token.peer();
        Future<Optional<Claimed>> claim =
                claim(token, mayHave, receiver, SessionToken.random(peer), Optional.empty(), ATTEMPTS_MAX);
        underWay.put(peer, claim);
        return claim.onComplete(ended -> underWay.remove(peer, claim));
    }

    /** Completes when this node knows what has become of its claim, where it has made one. */
    Future<?> settled(PeerId peer) {
        return underWay.getOrDefault(peer, Future.succeededFuture());
    }

    /** Completes when this node knows what has become of the claims that it is making. */
    Future<Void> settled() {
        return Future.join(List.copyOf(underWay.values())).otherwiseEmpty().mapEmpty();
    }

    /** Whether this node is claiming that session. */
    boolean isUnderWay(PeerId peer) {
        return underWay.containsKey(peer);
    }

    /** Whether it has given up a claim of that session that may yet be made. */
    boolean isDoubtful(PeerId peer) {
        return doubts.containsKey(peer);
    }

    /** Looks for what may have been made after all; called once a second. */
    void tick() {
        new TreeMap<>(doubts).forEach(this::look);
    }

    private Future<Optional<Claimed>> claim(
            SessionToken token,
            Predicate<Optional<Name>> mayHave,
            Receiver receiver,
            SessionToken next,
            Optional<Claimed> tried,
            int attempts) {
        if (attempts <= 0) {
            return giveUp(tried, unavailable());
        }
        PeerId peer = token.peer();
        return directory.findSession(peer).transform(found -> {
            if (found.failed()) {
                return claim(token, mayHave, receiver, next, tried, attempts - 2);
            }
            Optional<SessionRecord> before = found.result().filter(record -> record.isOpenedBy(token.hash()));
            if (before.isEmpty()) {
                return Future.succeededFuture(Optional.empty());
            }
            SessionRecord record = before.get();
            if (!mayHave.test(record.state().user())) {
                return Future.failedFuture(notTheirs());
            }
            if (tried.isPresent() && record.key().equals(next.hash())) {
                return claimed(tried.get());
            }
            boolean overtaken =
                    tried.filter(claim -> claim.now().epoch() <= record.epoch()).isPresent();
            if (overtaken || !receiver.isOpen()) {
                return giveUp(tried, new ResumedElsewhere());
            }
            SessionRecord now = record.claimedBy(self, epochAfter(record.epoch()), token.hash(), next.hash());
            Claimed wanted = new Claimed(origin(peer, record), now, next);
            return directory
                    .replaceSession(peer, before, Optional.of(wanted.now()))
                    .transform(replaced -> replaced.succeeded() && replaced.result()
                            ? claimed(wanted)
                            : claim(token, mayHave, receiver, next, Optional.of(wanted), attempts - 1));
        });
    }

    private Future<Optional<Claimed>> giveUp(Optional<Claimed> tried, Throwable failure) {
        tried.ifPresent(claim -> doubts.put(claim.token().peer(), new Doubt(claim, LOOK_TIMES)));
        return Future.failedFuture(failure);
    }

    /**
     * Higher than the one before, and the time, in milliseconds: of two claims that were made while parts of the cluster did not
     * hear each other, the later one stands.
     */
    long epochAfter(long epoch) {
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
            if (!doubt.equals(doubts.get(peer)) || underWay.containsKey(peer)) {
                return;
            }
            Claimed claim = doubt.claim();
            Optional<SessionRecord> own =
                    found.filter(record -> record.key().equals(claim.now().key()));
            if (own.isPresent()) {
                doubts.remove(peer);
                made.accept(peer, own.get());
                late.accept(claim);
            } else if (doubt.looksLeft() == 1) {
                doubts.remove(peer);
            } else {
                doubts.put(peer, new Doubt(claim, doubt.looksLeft() - 1));
            }
        });
    }

    private Future<Optional<Claimed>> claimed(Claimed claimed) {
        doubts.remove(claimed.token().peer());
        made.accept(claimed.token().peer(), claimed.now());
        return Future.succeededFuture(Optional.of(claimed));
    }

    private static Refusal notTheirs() {
        return new Refusal(
                ErrorCode.UNAUTHORIZED, "resume: another user's session (expected: one of the token's user)");
    }

    /** Whether a session is there, or whose it is, cannot be found out now. */
    static Refusal unavailable() {
        return new Refusal(ErrorCode.UNAVAILABLE, "session: the directory does not answer");
    }
}
