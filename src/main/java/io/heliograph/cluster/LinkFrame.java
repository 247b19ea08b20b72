package io.heliograph.cluster;

import io.heliograph.routing.NodeAnswer;
import io.heliograph.routing.NodeRequest;

/** One thing that one node says to another. */
sealed interface LinkFrame {

    /** Do you hear me? */
    record Hail() implements LinkFrame {}

    /** I hear you. */
    record Echo() implements LinkFrame {}

    /** {@code id} is repeated in the answer. */
    record Request(long id, NodeRequest body) implements LinkFrame {}

    record Answer(long id, NodeAnswer body) implements LinkFrame {}

    /** The request could not be answered, through a defect of the asked node. */
    record Failure(long id) implements LinkFrame {}
}
