package io.heliograph.protocol;

/**
 * What one client may ask of the server, and how much of them all it takes.
 *
 * @param frameBytes largest message, in bytes of UTF-8, all fragments together
 * @param framesPerSecond sustained rate of a peer; ten times as many may come at once
 * @param bytesPerSecond likewise of what a peer sends, in bytes of UTF-8
 * @param rooms rooms that one peer may be in
 * @param capacity most members of a room, and the default
 * @param outboxBytes how much may wait to be sent to a peer, in bytes of memory, before its connection is closed
 */
public record Limits(
        int frameBytes,
        int framesPerSecond,
        int bytesPerSecond,
        int rooms,
        int capacity,
        int outboxBytes,
        Intake intake,
        Absence absence) {
    /**
     * How many clients a process takes in.
     *
     * @param connections most connections of clients at a time
     * @param connectionsPerAddress most of them from one address, or network of 64 bits with IPv6; 0 where one may have them all
     * @param sessionsPerUser most sessions of one user in the whole cluster, those included that are away; 0 where there may be any
     * @param connectionsPerSecond sustained rate of new ones; ten times as many may come at once
     */
    public record Intake(int connections, int connectionsPerAddress, int sessionsPerUser, int connectionsPerSecond) {}

    /**
     * How much an instance keeps for those who have lost their connection.
     *
     * @param sessions most of them; with more, who has been away longest is given up
     * @param bytes most that waits for them all, as it is in memory; with more, for whom most waits is given up
     */
    public record Absence(int sessions, int bytes) {}

    /** How long a frame may wait to be sent before the connection is closed. */
    public static final int OUTBOX_SECONDS_MAX = 30;
    /** Deepest nesting of arrays and objects in a frame, the frame itself included. */
    public static final int DEPTH_MAX = 64;
    /** Most topics that one peer may be subscribed to. */
    public static final int TOPICS_MAX = 64;
    /** Most users that one peer may watch. */
    public static final int WATCHES_MAX = 256;
    /** Most calls that one peer may have made that have not ended. */
    public static final int CALLS_MAX = 16;
    /** Most bytes of {@code data} in {@code hello}, {@code join} and {@code update}. */
    public static final int MEMBER_DATA_BYTES_MAX = 4_096;
}
