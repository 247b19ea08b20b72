package io.heliograph.transport;

import io.heliograph.protocol.CloseReason;
import io.vertx.core.Future;

/** What carries the frames of one connection. Used, and calls back, on the node's event loop only. */
interface Channel {

    /** What happens on a channel. */
    interface Events {

        /** A whole message of valid UTF-8 came, within the limit and while the channel was not paused. */
        void text(byte[] frame);

        /** So many other frames came, and no message of them yet; also while the channel was paused. */
        void beside(int frames, int bytes);

        /** The client broke the rules of the channel. */
        void violated(CloseReason reason);

        /** Something failed on the way; where that is the end, {@link #closed} follows. */
        void failed(Throwable cause);

        /**
         * It is over. Told once.
         *
         * @param code the close code that the client gave, 1006 where it gave none
         */
        void closed(int code);
    }

    /** Begins to tell what happens; called once, before anything else. */
    void open(Events events);

    /** Sends a text message that is not changed any more; completes when it has left, fails when it will not. */
    Future<Void> write(byte[] frame);

    void pause();

    void resume();

    /** Asks the client for a sign of life, where the channel can. */
    void ping();

    /** Tells the client the reason's code; {@link Events#closed} follows once the client has heard it. */
    void close(CloseReason reason);

    /** Ends it without a word. */
    void cut();
}
