package io.heliograph.cluster;

import io.heliograph.protocol.NodeId;
import io.heliograph.routing.Directory;
import io.heliograph.routing.GroupEntry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears the directory of what nodes that are gone have left in it, once the window is over in which their peers may come back.
 * Only the oldest process does; should two believe to be the oldest, they do the same harmless work.
 */
public final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int SWEEP_MILLIS = 30_000;
    private static final int RETRY_MILLIS = 2_000;
    /** Who comes may bring along what its part of the cluster knew: the maps become one some time after the processes meet. */
    private static final List<Integer> AFTER_ARRIVAL_MILLIS = List.of(5_000, 15_000);

    private final Membership membership;
    private final Directory directory;
    private final long windowMillis;

    // Owned by the membership's context.
    /** Processes found gone, with the time when they were. */
    private final Map<String, Long> absentSince = new HashMap<>();

    private boolean sweeping;
    private boolean again;
    private boolean retrying;

    /** {@code directory} is for this object's use alone. */
    public Sweeper(Membership membership, Directory directory, int windowSeconds) {
        this.membership = membership;
        this.directory = directory;
        this.windowMillis = TimeUnit.SECONDS.toMillis(windowSeconds);
    }

    /**
     * Looks now, after every departure, 5 and 15 s after every arrival, every 30 s, and soon again where that failed; sweeps what
     * was left a window ago.
     */
    public void open() {
        membership.whenJoined(process -> {
            // Also while another one is the oldest: should it go again, its peers have a whole window.
            absentSince.remove(process.id());
            AFTER_ARRIVAL_MILLIS.forEach(millis -> membership.after(millis, this::sweep));
        });
        membership.nowAfterDeparturesAndEvery(SWEEP_MILLIS, this::sweep);
    }

    private void sweep() {
        if (sweeping) {
            again = true;
            return;
        }
        sweeping = true;
        // Read first, then ask who is there: whoever wrote before the reading was a member before the asking.
        directory
                .contents()
                .compose(contents -> membership.isOldest().compose(oldest -> {
                    return oldest ? sweep(contents) : Future.succeededFuture(0);
                }))
                .onSuccess(swept -> {
                    if (swept > 0) {
                        LOG.info("directory swept count={}", swept);
                    }
                })
                .onFailure(failure -> {
                    LOG.warn("directory not swept cause={}", failure.toString());
                    retry();
                })
                .onComplete(done -> {
                    sweeping = false;
                    if (again) {
                        again = false;
                        sweep();
                    }
                });
    }

    /** One at a time: where the directory fails for long, each look in between would add another. */
    private void retry() {
        if (!retrying) {
            retrying = true;
            membership.after(RETRY_MILLIS, () -> {
                retrying = false;
                sweep();
            });
        }
    }

    private Future<Integer> sweep(Directory.Contents contents) {
        Set<String> over = overdue(contents);
        List<Future<?>> removals = new ArrayList<>();
        contents.sessions().forEach((peer, session) -> {
            if (over.contains(session.node().process())) {
                removals.add(directory.replaceSession(peer, Optional.of(session), Optional.empty()));
            }
        });
        contents.groups().forEach((group, entry) -> {
            Optional<GroupEntry> kept = Optional.of(entry);
            for (NodeId node : entry.seats().keySet()) {
                if (over.contains(node.process())) {
                    kept = kept.flatMap(rest -> rest.without(node));
                }
            }
            if (!kept.equals(Optional.of(entry))) {
                // Where a node changes its seats at the same moment, the sweep loses and comes again.
                removals.add(
                        directory.replaceGroup(group, Optional.of(entry), kept).onSuccess(done -> again |= !done));
            }
        });
        return Future.join(removals).otherwiseEmpty().map(done -> removals.size());
    }

    /** The processes in the directory whose window is over; has this object look again when the next one's is. */
    private Set<String> overdue(Directory.Contents contents) {
        Set<String> absent = new HashSet<>();
        contents.sessions()
                .values()
                .forEach(session -> absent.add(session.node().process()));
        contents.groups().values().forEach(entry -> entry.seats().keySet().forEach(node -> absent.add(node.process())));
        membership.processes().forEach(process -> absent.remove(process.id()));
        long now = System.nanoTime();
        absentSince.keySet().retainAll(absent);
        absent.forEach(process -> absentSince.putIfAbsent(process, now));
        Set<String> over = new HashSet<>();
        absentSince.forEach((process, since) -> {
            long left = windowMillis - TimeUnit.NANOSECONDS.toMillis(now - since);
            if (left <= 0) {
                over.add(process);
            } else {
                membership.after(left, this::sweep);
            }
        });
        return over;
    }
}
