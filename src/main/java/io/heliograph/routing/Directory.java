package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;

/**
 * What must be decided once in the cluster: who holds the seats of a group, and who has a session.
 *
 * <ol>
 *   <li>{@link #replaceGroup} and {@link #replaceSession} MUST be atomic: of two callers that expect the same at most one gets
 *       {@code true}.
 *   <li>A change that was answered MUST be seen by every later {@link #findGroup} and {@link #findSession}, on any node.
 *   <li>A failed future means that the change was made or was not: the caller MUST read again to know.
 *   <li>Every future MUST complete on the caller's context, within about 2 s.
 * </ol>
 */
public interface Directory {

    /** The record of {@code peer}, if there is such a peer. */
    Future<Optional<SessionRecord>> findSession(PeerId peer);

    /** Replaces the record if it is {@code expected}; empty stands for no record. Answers whether it was replaced. */
    Future<Boolean> replaceSession(PeerId peer, Optional<SessionRecord> expected, Optional<SessionRecord> next);

    /** The records that say {@code node}. Reads all there are, so it is for what happens seldom. */
    Future<Map<PeerId, SessionRecord>> sessionsOn(NodeId node);

    Future<Optional<GroupEntry>> findGroup(Group group);

    /** Replaces the entry if it is {@code expected}; empty stands for no entry. Answers whether it was replaced. */
    Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next);

    /** Everything in it, for {@code /state} and consistency checks; not for the path of a frame. */
    Future<Contents> contents();

    /** All that a directory holds. */
    record Contents(Map<PeerId, SessionRecord> sessions, Map<Group, GroupEntry> groups) {}
}
