package io.heliograph.cluster;

import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.routing.Directory;
import io.heliograph.routing.GroupEntry;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears the directory of what nodes that are gone have left in it. Only the oldest process does; should two believe to be the
 * oldest, they do the same harmless work.
 */
public final class Sweeper {
    private static final Logger LOG = LoggerFactory.getLogger(Sweeper.class);
    private static final int SWEEP_MILLIS = 30_000;

    private final Membership membership;
    private final Directory directory;

    // Owned by the membership's context.
    private boolean sweeping;
    private boolean again;

    /** {@code directory} is for this object's use alone. */
    public Sweeper(Membership membership, Directory directory) {
        this.membership = membership;
        this.directory = directory;
    }

    /** Sweeps after every departure, and every 30 s. */
    public void open() {
        membership.afterDeparturesAndEvery(SWEEP_MILLIS, this::sweep);
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
                .onFailure(failure -> LOG.warn("directory not swept cause={}", failure.toString()))
                .onComplete(done -> {
                    sweeping = false;
                    if (again) {
                        again = false;
                        sweep();
                    }
                });
    }

    private Future<Integer> sweep(Directory.Contents contents) {
        Set<String> present = new HashSet<>();
        membership.processes().forEach(process -> present.add(process.id()));
        List<Future<?>> removals = new ArrayList<>();
        contents.sessions().forEach((PeerId peer, NodeId node) -> {
            if (!present.contains(node.process())) {
                removals.add(directory.removeSession(peer, node));
            }
        });
        contents.groups().forEach((group, entry) -> {
            Optional<GroupEntry> kept = Optional.of(entry);
            for (NodeId node : entry.seats().keySet()) {
                if (!present.contains(node.process())) {
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
}
