package io.heliograph.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;

/**
 * Opens connections as fast as it is told, says the same on each of them, and resets it as soon as the server has answered. It runs on
 * the thread that calls it and computes nothing, so that nearly all that it costs is the server's.
 */
final class Flood {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final String TAKEN = "HTTP/1.1 101 ";
    private static final String REFUSED = "HTTP/1.1 503 ";
    private static final char TLS_HANDSHAKE = 0x16;

    /**
     * What came of it.
     *
     * @param taken connections on which the server has done what a handshake takes
     * @param cut without an answer
     * @param unanswered when the time was over
     */
    record Outcome(int begun, int taken, int refused, int cut, int unanswered, double seconds) {
        double perSecond() {
            return (taken + refused + cut) / seconds;
        }

        @Override
        public String toString() {
            return "%.0f handshakes a second (%d begun, %d taken, %d refused with 503, %d cut, %d unanswered)"
                    .formatted(perSecond(), begun, taken, refused, cut, unanswered);
        }
    }

    private final InetSocketAddress address;
    private final byte[] opening;
    private final int openMax;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(1 << 14);
    private int begun;
    private int taken;
    private int refused;
    private int cut;

    private Flood(int port, byte[] opening, int openMax) {
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.opening = opening;
        this.openMax = openMax;
    }

    /** Returns after {@code time}. At most {@code openMax} wait for an answer at a time, and then no more are begun. */
    static Outcome run(int port, byte[] opening, double perSecond, int openMax, Duration time) {
        try {
            return new Flood(port, opening, openMax).run(perSecond, time);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Outcome run(double perSecond, Duration time) throws IOException {
        long start = System.nanoTime();
        try (Selector selector = Selector.open()) {
            long past = 0;
            while (past < time.toNanos()) {
                double due = past / NANOS_PER_SECOND * perSecond;
                while (begun < due && open() < openMax) {
                    begin(selector);
                }
                selector.select(1);
                progress(selector.selectedKeys());
                past = System.nanoTime() - start;
            }
            int unanswered = open();
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            return new Outcome(begun, taken, refused, cut, unanswered, past / NANOS_PER_SECOND);
        }
    }

    private int open() {
        return begun - taken - refused - cut;
    }

    private void begin(Selector selector) throws IOException {
        begun++;
        SocketChannel channel = SocketChannel.open();
        channel.configureBlocking(false);
        // Reset, so that no port waits for stray packets afterwards.
        channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        if (channel.connect(address)) {
            channel.write(ByteBuffer.wrap(opening));
            channel.register(selector, SelectionKey.OP_READ);
        } else {
            channel.register(selector, SelectionKey.OP_CONNECT);
        }
    }

    private void progress(Set<SelectionKey> selected) throws IOException {
        for (SelectionKey key : selected) {
            SocketChannel channel = (SocketChannel) key.channel();
            try {
                if (key.isConnectable()) {
                    channel.finishConnect();
                    channel.write(ByteBuffer.wrap(opening));
                    key.interestOps(SelectionKey.OP_READ);
                } else {
                    answer.clear();
                    count(channel.read(answer));
                    channel.close();
                }
            } catch (IOException reset) {
                cut++;
                channel.close();
            }
        }
        selected.clear();
    }

    private void count(int read) {
        byte[] head = new byte[Math.min(Math.max(read, 0), TAKEN.length())];
        answer.flip().get(head);
        String begins = new String(head, StandardCharsets.ISO_8859_1);
        if (begins.equals(TAKEN) || begins.indexOf(TLS_HANDSHAKE) == 0) {
            taken++;
        } else if (begins.equals(REFUSED)) {
            refused++;
        } else {
            cut++;
        }
    }
}
