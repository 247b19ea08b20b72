package io.heliograph.routing;

import io.heliograph.protocol.Member;

/**
 * A member as its owner describes it to other nodes.
 *
 * @param version grows with every update of its data; the higher one is the newer
 */
public record OwnedMember(Member member, long version) {}
