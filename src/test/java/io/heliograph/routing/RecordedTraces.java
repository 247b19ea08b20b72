package io.heliograph.routing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Traces;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows every relay, and takes down in words what it was told. */
final class RecordedTraces implements Traces {
    private final List<String> ended = new ArrayList<>();
    private int begun;

    /** What is over, in the order of its end. */
    List<String> ended() {
        return ended;
    }

    @Override
    public RelaySpan relay(NodeId node, PeerId sender, RelayType type, Address to) {
        String trace = node.process() + "-" + ++begun;
        return new RelaySpan() {
            private String path = "nowhere";

            @Override
            public Optional<String> trace() {
                return Optional.of(trace);
            }

            @Override
            public void goes(RelayPath further) {
                path = further.label();
            }

            @Override
            public void accepted() {
                ended.add(trace + " " + path + " ok");
            }

            @Override
            public void refused(ErrorCode code) {
                ended.add(trace + " " + path + " " + code.label());
            }
        };
    }

    @Override
    public DeliverySpan delivery(NodeId node, String trace) {
        return new DeliverySpan() {
            @Override
            public void delivered(int peers) {
                ended.add(trace + " delivered to " + peers);
            }

            @Override
            public void gone() {
                ended.add(trace + " gone");
            }
        };
    }
}
