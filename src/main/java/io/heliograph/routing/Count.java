package io.heliograph.routing;

import io.heliograph.protocol.Group;

/**
 * What a node says of its own part in a crowd.
 *
 * @param takesPart whether it wants to hear of the others; a node with members always does
 */
public record Count(Group group, int members, boolean takesPart) {}
