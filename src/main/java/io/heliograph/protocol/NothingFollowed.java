package io.heliograph.protocol;

/** What there is to follow where nobody wants to know. */
final class NothingFollowed implements Traces {

    @Override
    public RelaySpan relay(NodeId node, PeerId sender, RelayType type, Address to) {
        return RelaySpan.NONE;
    }

    @Override
    public DeliverySpan delivery(NodeId node, String trace) {
        return DeliverySpan.NONE;
    }
}
