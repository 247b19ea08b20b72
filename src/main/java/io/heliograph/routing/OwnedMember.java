package io.heliograph.routing;

import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;

/**
 * A member as its owner describes it to other nodes.
 *
 * @param version grows with every update of its data; the higher one is the newer
 * @param epoch that with which this owner has its session; the higher one knows better
 */
public record OwnedMember(Member member, long version, long epoch) {
    /** A version before all that an owner tells: by a record, which may be behind. */
    static final long OUTDATED = -1;

    /** A member of the room by the record of its session. */
    static OwnedMember recorded(PeerId peer, SessionRecord record, Name room, long epoch) {
        SessionState.Membership membership = record.state().membership(room).orElseThrow();
        Member member = new Member(peer, membership.order(), record.state().user(), membership.data());
        return new OwnedMember(member, OUTDATED, epoch);
    }
}
