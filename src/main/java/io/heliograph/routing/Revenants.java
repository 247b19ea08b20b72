package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.PeerId;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What the directory says of this node and what has long been over: when two parts of a cluster become one again, what was removed
 * in one of them comes back from the other, and who was here may have been claimed in the other; and what the directory did not
 * take may be written after all. Only the node itself can tell, so each looks for its own after others have come, and after
 * something could not be removed.
 */
final class Revenants {
    /** The larger part's directory is there at once, and so may be what was under way in a connection long given up. */
    private static final Set<Integer> LOOK_FOR_LOST_AFTER_TICKS = Set.of(1, 2, 3);
    /** The directories of both parts become one some time after the nodes hear of each other. */
    private static final Set<Integer> LOOK_AFTER_TICKS = Set.of(5, 10, 15, 20, 25, 30, 60);

    private static final int LAST_LOOK = 60;

    // Set once.
    private final Census census;
    private final Directory directory;
    private final Records records;
    private final Repair repair;
    private final Departures departures;

    // Owned by the node's context.
    private int ticks = LAST_LOOK;
    /** With their keys, as they were found the last time. */
    private Map<PeerId, String> found = Map.of();

    Revenants(Census census, Directory directory, Records records, Repair repair, Departures departures) {
        this.census = census;
        this.directory = directory;
        this.records = records;
        this.repair = repair;
        this.departures = departures;
    }

    /** There may be some, now or a little later. */
    void expect() {
        ticks = 0;
        found = Map.of();
    }

    /** Called about once a second. */
    void tick() {
        if (ticks == LAST_LOOK) {
            return;
        }
        ticks++;
        if (LOOK_FOR_LOST_AFTER_TICKS.contains(ticks)) {
            directory.contents().onSuccess(this::lookForLost);
        } else if (LOOK_AFTER_TICKS.contains(ticks)) {
            directory.contents().onSuccess(contents -> {
                lookForLost(contents);
                lookForRemoved(contents);
            });
        }
    }

    private void lookForLost(Directory.Contents contents) {
        contents.sessions().forEach((peer, record) -> {
            if (!record.node().equals(census.self())) {
                census.peer(peer).filter(here -> here.epoch() <= record.epoch()).ifPresent(departures::lost);
            }
        });
    }

    private void lookForRemoved(Directory.Contents contents) {
        contents.groups().forEach((group, entry) -> {
            if (entry.seats().containsKey(census.self())) {
                open(group);
            }
        });
        // What is found once may be about to begin here.
        Map<PeerId, String> before = found;
        Map<PeerId, String> again = new HashMap<>();
        contents.sessions().forEach((peer, record) -> {
            if (record.node().equals(census.self()) && records.isUnclaimed(peer)) {
                again.put(peer, record.key());
            }
        });
        again.forEach((peer, key) -> {
            if (key.equals(before.get(peer))) {
                records.removeLater(peer, key);
            }
        });
        found = again;
    }

    /** Asserts that nobody here takes part, where that is so. */
    private void open(Group group) {
        if (group.kind() == GroupKind.ROOM && census.room(group.name()).isEmpty()) {
            repair.assertSeats(census.openRoom(group.name()));
        } else if (group.kind() != GroupKind.ROOM && census.crowd(group).isEmpty()) {
            repair.assertSeats(census.openCrowd(group));
        }
    }
}
