package io.heliograph.routing;

/**
 * One node's part when its process is to be left by all clients. From the first of these calls until {@link #stay} the node takes
 * no new ones. Called on the node's context only.
 */
public interface Drain {

    /** Asks its clients, one after the other over so long, to go to another process, each within so long. */
    void askToMove(int overMillis, int withinMillis);

    /** Closes the connections that are left, one after the other over so long. */
    void close(int overMillis);

    /** Takes clients again. Who was asked may still go; nobody else is asked or closed. */
    void stay();

    /** Who is still here. */
    Left left();

    /**
     * Who is still here.
     *
     * @param connections with a session or before one
     * @param peers with a connection, away, or on their way to another node
     * @param asked how many were asked to move
     */
    record Left(int connections, int peers, int asked) {
        public static final Left NOBODY = new Left(0, 0, 0);

        /** Of two nodes together. */
        public Left plus(Left other) {
            return new Left(connections + other.connections, peers + other.peers, asked + other.asked);
        }

        public boolean isNobody() {
            return connections == 0 && peers == 0;
        }
    }
}
