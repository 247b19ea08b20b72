package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;

/**
 * What must be decided once in the cluster: who holds the seats of a group, and on which node a session is.
 *
 * <ol>
 *   <li>{@link #replaceGroup} MUST be atomic: of two callers that expect the same entry at most one gets {@code true}.
 *   <li>A change that was answered MUST be seen by every later {@link #findGroup} and {@link #findSession}, on any node.
 *   <li>A failed future means that the change was made or was not: the caller MUST read again to know.
 *   <li>Every future MUST complete on the caller's context, within about 2 s.
 * </ol>
 */
public interface Directory {

    /** Records that {@code peer} is owned by {@code node}. */
    Future<Void> putSession(PeerId peer, NodeId node);

    /** The node that owns {@code peer}, if there is such a peer. */
    Future<Optional<NodeId>> findSession(PeerId peer);

    /** Forgets {@code peer}, if it is still recorded for {@code node}. */
    Future<Void> removeSession(PeerId peer, NodeId node);

    Future<Optional<GroupEntry>> findGroup(Group group);

    /** Replaces the entry if it is {@code expected}; empty stands for no entry. Answers whether it was replaced. */
    Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next);

    /** Everything in it, for {@code /state} and consistency checks; not for the path of a frame. */
    Future<Contents> contents();

    /** All that a directory holds. */
    record Contents(Map<PeerId, NodeId> sessions, Map<Group, GroupEntry> groups) {}
}
