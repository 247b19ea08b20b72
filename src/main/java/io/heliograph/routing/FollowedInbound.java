package io.heliograph.routing;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.Traces;
import io.heliograph.protocol.Traces.DeliverySpan;
import io.vertx.core.Future;

/** Goes on following what the sender's node has begun to follow. */
final class FollowedInbound implements NodeLink.Inbound {
    private final NodeLink.Inbound inbound;
    private final Census census;
    private final Traces traces;

    FollowedInbound(NodeLink.Inbound inbound, Census census, Traces traces) {
        this.inbound = inbound;
        this.census = census;
        this.traces = traces;
    }

    @Override
    public Future<NodeAnswer> answer(NodeId from, NodeRequest request) {
        if (request.trace().isEmpty()) {
            return inbound.answer(from, request);
        }
        DeliverySpan span = traces.delivery(census.self(), request.trace().get());
        return inbound.answer(from, request).onSuccess(answer -> {
            if (answer instanceof NodeAnswer.Gone) {
                span.gone();
            } else {
                span.delivered(request instanceof NodeRequest.ForwardToGroup forward ? concerned(from, forward) : 1);
            }
        });
    }

    @Override
    public void late(NodeId from, NodeRequest.Lasting request, NodeAnswer answer) {
        inbound.late(from, request, answer);
    }

    @Override
    public void nodeUp(NodeId node) {
        inbound.nodeUp(node);
    }

    @Override
    public void nodeDown(NodeId node) {
        inbound.nodeDown(node);
    }

    private int concerned(NodeId from, NodeRequest.ForwardToGroup forward) {
        Group group = forward.group();
        return group.kind() == GroupKind.ROOM
                ? census.room(group.name())
                        .map(room -> room.hearing(from, forward.message().from()))
                        .orElse(0)
                : census.crowd(group).map(crowd -> crowd.hearing(from).size()).orElse(0);
    }
}
