package io.heliograph.protocol;

/** What is counted, in our words. Every method may be called from any thread and returns at once. */
public interface Facts {

    /** A client has connected; {@link #closed} follows. */
    void connected();

    /** A peer got its {@code welcome}. */
    void peerEntered(DialectName dialect);

    /** A peer that had entered is gone. */
    void peerLeft(DialectName dialect);

    /** A node of this process got its first member of a room. */
    void roomOpened(Name room);

    /** A node of this process lost its last member of a room. */
    void roomClosed(Name room);

    /** A relay of a peer of this process was accepted. */
    void relayed(RelayType type, RelayPath path);

    /** A relay took {@code nanos} on this node, from its frame read to its frame written. */
    void relayTook(RelayPath path, long nanos);

    void joinEnded(JoinResult result);

    /** A session that was away was given up before its time, since there were too many of them or too much waited. */
    void sessionGivenUp();

    /** A client of this process showed a token. */
    void resumeEnded(ResumeResult result);

    /** A call that a peer of this process made is over. */
    void callEnded(CallOutcome outcome);

    /** The application's endpoint took {@code nanos} to say who a client is, failed after that time, or was not asked. */
    void webhookAnswered(WebhookResult result, long nanos);

    void refused(ErrorCode code);

    /** A connection was not taken, or not kept until it was a client's: neither {@link #connected} nor {@link #closed}. */
    void connectionRefused(ConnectionRefusal reason);

    void closed(CloseReason reason);

    void dropped(DropReason reason);

    /** So many bytes more, or less, wait for clients of this process to read them. */
    void outboxGrew(int bytes);

    /** The directory took {@code nanos} for its answer, or failed after that time. */
    void directoryAnswered(DirectoryOperation operation, boolean succeeded, long nanos);

    /** Another node was asked; {@link #nodeAnswered} follows. */
    void nodeAsked();

    /** Another node took {@code nanos} for its answer, or was given up after that time. */
    void nodeAnswered(boolean succeeded, long nanos);

    /** An event loop did what was due every second {@code nanos} late. */
    void eventLoopLate(long nanos);

    /** Another node's members of a room were not what this one believed. */
    void rosterRepaired();
}
