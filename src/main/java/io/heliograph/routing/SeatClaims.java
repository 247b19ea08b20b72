package io.heliograph.routing;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Refusal;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The seats that this node holds in one group. One change is under way at a time; what is asked meanwhile goes together in
 * the next one.
 */
final class SeatClaims {
    private static final int FAILURES_MAX = 1;
    private static final int CONFLICTS_MAX = 500;
    /** A change that seemed to fail may yet be made, also behind later ones: so many assertions, one a second, until nothing is in doubt. */
    private static final int DOUBTS_MAX = 5;

    /**
     * A seat taken.
     *
     * @param order join number
     * @param nodes the other nodes with members
     */
    record Seat(long order, int capacity, Set<NodeId> nodes) {}

    /** A seat for one who has had it on another node. */
    private record Adoption(long order, int capacity, Promise<Set<NodeId>> promise) {}

    /** What a batch wants; {@code seats} of those that want one are told apart by their promise. */
    private static final class Batch {
        private final List<Promise<Seat>> takes = new ArrayList<>();
        private final List<Adoption> adoptions = new ArrayList<>();
        private final List<Promise<Set<NodeId>>> frees = new ArrayList<>();
        private final List<Promise<Set<NodeId>>> assertions = new ArrayList<>();
        private int capacityWanted;
        private int failures;
        private int conflicts;

        boolean isEmpty() {
            return takes.isEmpty() && adoptions.isEmpty() && frees.isEmpty() && assertions.isEmpty();
        }
    }

    /** What a batch comes to, on the entry that was found. */
    private record Plan(int granted, long firstOrder, GroupEntry.Seats own, int capacity, Optional<GroupEntry> next) {}

    // Set once.
    private final Directory directory;
    private final NodeId self;
    private final Group group;
    private final int capacityMax;
    private final Runnable settled;

    // Owned by the node's context.
    private Batch waiting = new Batch();
    private List<Runnable> whenSettled = new ArrayList<>();
    private boolean changing;
    private boolean leaving;
    private int doubts;
    private boolean interested;
    private boolean takesPart;
    private int held;
    private long lastJoin;
    private int capacity;
    private Optional<GroupEntry> known = Optional.empty();

    /**
     * No seats yet.
     *
     * @param settled called after every change, before the next one begins
     */
    SeatClaims(Directory directory, NodeId self, Group group, int capacityMax, Runnable settled) {
        this.directory = directory;
        this.self = self;
        this.group = group;
        this.capacityMax = capacityMax;
        this.settled = settled;
    }

    /**
     * Takes a seat; {@code promise} fails with a {@link Refusal} of {@code room-full} or {@code unavailable}. It may be completed
     * within this call, and what depends on it is done before {@code settled} is called, as with the others.
     */
    void take(int capacityWanted, Promise<Seat> promise) {
        if (waiting.takes.isEmpty()) {
            waiting.capacityWanted = capacityWanted;
        }
        waiting.takes.add(promise);
        begin();
    }

    /**
     * Takes a seat for a member that keeps its join number and is never refused: where the directory does not agree, it is
     * brought in line by {@link #assertOwn} later.
     *
     * @param capacity what the room had, should it be unknown by now
     * @return the other nodes that take part, as far as they are known
     */
    Future<Set<NodeId>> adopt(long order, int capacity) {
        Promise<Set<NodeId>> adopted = Promise.promise();
        waiting.adoptions.add(new Adoption(order, capacity, adopted));
        Future<Set<NodeId>> result = adopted.future().recover(failure -> {
            held++;
            lastJoin = Math.max(lastJoin, order);
            doubts = DOUBTS_MAX;
            return Future.succeededFuture(Set.of());
        });
        begin();
        return result;
    }

    /** Frees a seat; answers the other nodes with members. A failure means that it is still held. */
    void free(Promise<Set<NodeId>> promise) {
        waiting.frees.add(promise);
        begin();
    }

    /**
     * Frees a seat for good: where the directory does not agree, it is brought in line by {@link #assertOwn} later.
     *
     * @param departed what follows, given the other nodes with members as far as they are known
     */
    Future<Void> giveUp(Function<Set<NodeId>, Future<Void>> departed) {
        Promise<Set<NodeId>> freed = Promise.promise();
        Future<Void> gone = freed.future()
                .recover(failure -> {
                    held--;
                    doubts = DOUBTS_MAX;
                    return Future.succeededFuture(Set.of());
                })
                .compose(departed);
        free(freed);
        return gone;
    }

    /** Runs {@code action} now, or once the change that is under way has settled. */
    void afterChange(Runnable action) {
        if (changing) {
            whenSettled.add(action);
        } else {
            action.run();
        }
    }

    /** Whether this node takes part also without a seat, to hear of the others. The next change says so to the directory. */
    void interest(boolean wanted) {
        interested = wanted;
    }

    /** Makes sure that the directory says what is true of this node; answers the other nodes with members. */
    void assertOwn(Promise<Set<NodeId>> promise) {
        known = Optional.empty();
        waiting.assertions.add(promise);
        begin();
    }

    /** Whether a change is under way. */
    boolean isChanging() {
        return changing;
    }

    /** Whether the directory may say already that this node takes no part: others that come do not tell it so any more. */
    boolean isLeaving() {
        return leaving;
    }

    /** Whether what is in doubt may be asserted now. */
    boolean isToBeAsserted() {
        return isDoubtful() && !changing;
    }

    /** Whether the directory may say something else of this node than what is true. */
    boolean isDoubtful() {
        return doubts > 0;
    }

    /** Whether nothing is under way, waiting or in doubt. */
    boolean isIdle() {
        return !changing && waiting.isEmpty() && !isDoubtful();
    }

    /** Whether the directory says that this node takes part, as far as is known. */
    boolean takesPart() {
        return takesPart;
    }

    int capacity() {
        return capacity;
    }

    private void begin() {
        if (changing || waiting.isEmpty()) {
            return;
        }
        Batch batch = waiting;
        waiting = new Batch();
        changing = true;
        if (known.isEmpty()) {
            attemptAfresh(batch, Optional.empty(), Optional.empty());
        } else {
            attempt(batch, known, false);
        }
    }

    private void attempt(Batch batch, Optional<GroupEntry> base, boolean fresh) {
        Plan plan = plan(batch, base);
        if (plan.granted < batch.takes.size() && !fresh) {
            attemptAfresh(batch, Optional.empty(), Optional.empty());
        } else if (plan.next.equals(base)) {
            settle(batch, plan, base);
        } else {
            leaving = ownIn(plan.next).isEmpty();
            directory.replaceGroup(group, base, plan.next).onComplete(replaced -> {
                if (replaced.succeeded() && replaced.result()) {
                    settle(batch, plan, plan.next);
                } else if (replaced.failed() && ++batch.failures > FAILURES_MAX) {
                    fail(batch);
                } else {
                    attemptAfresh(batch, Optional.of(plan), base);
                }
            });
        }
    }

    /** Reads the entry; where {@code tried} turns out to have been made although it seemed to fail, that settles it. */
    private void attemptAfresh(Batch batch, Optional<Plan> tried, Optional<GroupEntry> base) {
        directory.findGroup(group).onComplete(found -> {
            if (found.failed()) {
                if (++batch.failures > FAILURES_MAX) {
                    fail(batch);
                } else {
                    attemptAfresh(batch, tried, base);
                }
                return;
            }
            Optional<GroupEntry> entry = found.result();
            if (tried.isPresent()
                    && ownIn(entry).equals(ownIn(tried.get().next))
                    && !ownIn(entry).equals(ownIn(base))) {
                settle(batch, tried.get(), entry);
            } else if (++batch.conflicts > CONFLICTS_MAX) {
                fail(batch);
            } else {
                attempt(batch, entry, true);
            }
        });
    }

    private Plan plan(Batch batch, Optional<GroupEntry> base) {
        int roomCapacity = base.map(GroupEntry::capacity).orElseGet(() -> capacity > 0 ? capacity : allowed(batch));
        int remaining = held - batch.frees.size() + batch.adoptions.size();
        long lastKept = batch.adoptions.stream().mapToLong(Adoption::order).reduce(lastJoin, Math::max);
        int others = base.map(entry -> entry.membersBeside(self)).orElse(0);
        int free = Math.max(0, roomCapacity - others - remaining);
        int granted = Math.min(batch.takes.size(), free);
        long joinsBefore = Math.max(base.map(GroupEntry::joins).orElse(0L), lastKept);
        long joins = joinsBefore + granted;
        GroupEntry.Seats own = new GroupEntry.Seats(remaining + granted, granted > 0 ? joins : lastKept);
        GroupEntry from = base.orElseGet(() -> new GroupEntry(roomCapacity, 0, new TreeMap<>()));
        Optional<GroupEntry.Seats> takesPart = own.members() > 0 || interested ? Optional.of(own) : Optional.empty();
        return new Plan(granted, joinsBefore + 1, own, roomCapacity, from.withSeats(self, takesPart, joins));
    }

    private int allowed(Batch batch) {
        if (!batch.adoptions.isEmpty()) {
            return batch.adoptions.get(0).capacity();
        }
        return batch.capacityWanted == 0 ? capacityMax : Math.min(batch.capacityWanted, capacityMax);
    }

    private Optional<GroupEntry.Seats> ownIn(Optional<GroupEntry> entry) {
        return entry.flatMap(found -> Optional.ofNullable(found.seats().get(self)));
    }

    private void settle(Batch batch, Plan plan, Optional<GroupEntry> entry) {
        known = entry;
        held = plan.own.members();
        takesPart = ownIn(entry).isPresent();
        lastJoin = held == 0 ? 0 : plan.own.lastJoin();
        capacity = held == 0 ? 0 : plan.capacity;
        if (batch.failures > 0) {
            doubts = DOUBTS_MAX;
        } else if (!batch.assertions.isEmpty()) {
            doubts = Math.max(0, doubts - 1);
        }
        Set<NodeId> nodes = new HashSet<>();
        entry.ifPresent(e -> nodes.addAll(e.seats().keySet()));
        nodes.remove(self);
        batch.adoptions.forEach(adoption -> adoption.promise.complete(nodes));
        batch.frees.forEach(free -> free.complete(nodes));
        for (int i = 0; i < batch.takes.size(); i++) {
            if (i < plan.granted) {
                batch.takes.get(i).complete(new Seat(plan.firstOrder + i, plan.capacity, nodes));
            } else {
                batch.takes
                        .get(i)
                        .fail(new Refusal(
                                ErrorCode.ROOM_FULL,
                                "room: full (expected: fewer than " + plan.capacity + " members)"));
            }
        }
        batch.assertions.forEach(assertion -> assertion.complete(nodes));
        end();
    }

    private void fail(Batch batch) {
        known = Optional.empty();
        doubts = DOUBTS_MAX;
        Refusal refusal = new Refusal(ErrorCode.UNAVAILABLE, "room: the directory does not answer");
        batch.takes.forEach(take -> take.fail(refusal));
        batch.adoptions.forEach(adoption -> adoption.promise.fail(refusal));
        batch.frees.forEach(free -> free.fail(refusal));
        batch.assertions.forEach(assertion -> assertion.fail(refusal));
        end();
    }

    private void end() {
        changing = false;
        leaving = false;
        List<Runnable> released = whenSettled;
        whenSettled = new ArrayList<>();
        released.forEach(Runnable::run);
        settled.run();
        begin();
    }
}
