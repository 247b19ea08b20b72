package io.heliograph.protocol;

import java.util.Optional;

/**
 * Which relays are followed on their way, from the sender's node to every node that delivers them. What is kept of one says
 * where it went and when: never what it carried, and of a name only a hash. Every method may be called from any thread and
 * returns at once.
 */
public interface Traces {
    /** Follows nothing, at no cost. */
    Traces OFF = new NothingFollowed();

    /** A peer of {@code node} relays. Most relays are not followed: they get {@link RelaySpan#NONE}. */
    RelaySpan relay(NodeId node, PeerId sender, RelayType type, Address to);

    /**
     * A relay that is followed has come to {@code node}.
     *
     * @param trace what {@link RelaySpan#trace} gave on the sender's node
     */
    DeliverySpan delivery(NodeId node, String trace);

    /** A relay on its sender's node, until its sender is answered: by {@link #accepted} or {@link #refused}. */
    interface RelaySpan {
        /** Of a relay that is not followed. */
        RelaySpan NONE = new RelaySpan() {
            @Override
            public Optional<String> trace() {
                return Optional.empty();
            }

            @Override
            public void goes(RelayPath path) {}

            @Override
            public void accepted() {}

            @Override
            public void refused(ErrorCode code) {}
        };

        /** What another node needs to go on with it: a {@code traceparent} of W3C Trace Context; empty if it is not followed. */
        Optional<String> trace();

        /** Where it went; said again where it goes further. */
        void goes(RelayPath path);

        /** Every node concerned has delivered it. */
        void accepted();

        void refused(ErrorCode code);
    }

    /** A relay on a node that delivers it for another, until that one is answered: by {@link #delivered} or {@link #gone}. */
    interface DeliverySpan {
        /** Of a relay that this node does not follow. */
        DeliverySpan NONE = new DeliverySpan() {
            @Override
            public void delivered(int peers) {}

            @Override
            public void gone() {}
        };

        /** It was for so many peers here. */
        void delivered(int peers);

        /** Who it was for is not here, or the node does not know the sender. */
        void gone();
    }
}
