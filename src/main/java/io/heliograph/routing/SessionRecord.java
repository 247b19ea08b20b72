package io.heliograph.routing;

import io.heliograph.protocol.NodeId;
import java.util.Optional;

/**
 * What the directory says of one session: who has it, who may claim it, and what it has.
 *
 * @param epoch rises with each claim; of two who believe to have it, the one with the higher epoch does
 * @param node where its peer is, or was, if that node is gone
 * @param key hash of the token with which it may be claimed
 * @param formerKey that of the token before, as long as the client has not shown that it got the new one
 */
public record SessionRecord(long epoch, NodeId node, String key, Optional<String> formerKey, SessionState state) {

    /** Whether the token with this hash gives a claim. */
    boolean isOpenedBy(String hash) {
        return LocalPeer.Claim.of(this).isOpenedBy(hash);
    }

    /** The same of a session that has this. */
    public SessionRecord with(SessionState other) {
        return new SessionRecord(epoch, node, key, formerKey, other);
    }

    /** Claimed with the token of hash {@code used}, in exchange for the one of hash {@code next}. */
    SessionRecord claimedBy(NodeId claimant, long with, String used, String next) {
        return new SessionRecord(with, claimant, next, Optional.of(used), state);
    }
}
