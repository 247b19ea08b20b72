package io.heliograph.protocol;

/**
 * Names one node: a signaling instance with an event loop of its own, inside a server process.
 *
 * @param process the process, unique in the cluster and over time
 * @param instance number of the instance in that process, from 0
 */
public record NodeId(String process, int instance) implements Comparable<NodeId> {

    public NodeId {
        if (process.isEmpty() || instance < 0) {
            throw new IllegalArgumentException("node id: " + process + "." + instance);
        }
    }

    /** Reads what {@link #toString()} writes. */
    public static NodeId parse(String text) {
        int dot = text.lastIndexOf('.');
        if (dot < 0) {
            throw new IllegalArgumentException("node id: " + text + " (expected: <process>.<instance>)");
        }
        return new NodeId(text.substring(0, dot), Integer.parseInt(text.substring(dot + 1)));
    }

    @Override
    public int compareTo(NodeId other) {
        int byProcess = process.compareTo(other.process);
        return byProcess != 0 ? byProcess : Integer.compare(instance, other.instance);
    }

    @Override
    public String toString() {
        return process + "." + instance;
    }
}
