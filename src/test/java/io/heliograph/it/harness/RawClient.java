package io.heliograph.it.harness;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.function.Predicate;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/** Speaks WebSocket byte by byte over a plain socket, so that it can also speak it wrongly. */
public final class RawClient implements AutoCloseable {
    public static final int CONTINUATION = 0x0;
    public static final int TEXT = 0x1;
    public static final int BINARY = 0x2;
    public static final int CLOSE = 0x8;
    public static final int PING = 0x9;
    public static final int PONG = 0xA;

    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;
    private static final int OPCODE_BITS = 0x0f;
    private static final int LENGTH_BITS = 0x7f;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    private static final byte[] MASK = {0x12, 0x34, 0x56, 0x78};
    private static final int READ_MILLIS_MAX = 20_000;

    /** One frame from the server; {@code reserved} are its three extension bits. */
    public record Frame(int opcode, boolean isFinal, int reserved, Buffer payload) {

        public String text() {
            return payload.toString();
        }

        /** The code of a close frame, 1005 where there is none. */
        public int closeCode() {
            return payload.length() < 2 ? 1005 : payload.getUnsignedShort(0);
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private String head = "";

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
        this.out = socket.getOutputStream();
    }

    /** A connection on which nothing was said yet. */
    public static RawClient open(int port) {
        return open(port, 0);
    }

    /** The same from another address of this machine's own, as 127.0.0.2. */
    public static RawClient openFrom(String address, int port) {
        try {
            Socket socket = new Socket();
            socket.setSoTimeout(READ_MILLIS_MAX);
            socket.setTcpNoDelay(true);
            socket.bind(new InetSocketAddress(address, 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_MILLIS_MAX);
            return new RawClient(socket);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The same with a receive buffer of about {@code receiveBytes}, so that it is full soon. */
    public static RawClient open(int port, int receiveBytes) {
        try {
            Socket socket = new Socket();
            if (receiveBytes > 0) {
                socket.setReceiveBufferSize(receiveBytes);
            }
            socket.setSoTimeout(READ_MILLIS_MAX);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_MILLIS_MAX);
            return new RawClient(socket);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The same over TLS, with whatever certificate the server shows. */
    public static RawClient openTls(int port) {
        return openTls(port, "TLSv1.3");
    }

    /** The same over one version of TLS; HTTP/2 is offered, as browsers do. */
    public static RawClient openTls(int port, String version) {
        return openTls(port, version, new String[0]);
    }

    /** The same with one of these cipher suites, unless there are none. */
    public static RawClient openTls(int port, String version, String... cipherSuites) {
        try {
            SSLSocket socket = (SSLSocket) TrustAll.context().getSocketFactory().createSocket();
            socket.setSoTimeout(READ_MILLIS_MAX);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_MILLIS_MAX);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(new String[] {version});
            if (cipherSuites.length > 0) {
                parameters.setCipherSuites(cipherSuites);
            }
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return new RawClient(socket);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What the server showed, of a connection over TLS. */
    public X509Certificate certificate() {
        try {
            return (X509Certificate) ((SSLSocket) socket).getSession().getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Whether the server goes through another handshake before it answers; before TLS 1.3 a client may ask for it. */
    public boolean renegotiates() {
        try {
            ((SSLSocket) socket).startHandshake();
            out.write("HEAD / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            return in.read() >= 0;
        } catch (IOException refused) {
            return false;
        }
    }

    /** What the server chose, empty where it left the choice to HTTP; of a connection over TLS. */
    public String applicationProtocol() {
        return ((SSLSocket) socket).getApplicationProtocol();
    }

    /** A connection after a successful upgrade. */
    public static RawClient upgrade(int port) {
        return open(port).upgraded("");
    }

    /** A connection with a session, whose id is {@link #enter()}'s result. */
    public RawClient upgraded(String extraHeaders) {
        requestUpgrade(extraHeaders);
        if (!head.startsWith("HTTP/1.1 101 ")) {
            throw new AssertionError("no upgrade: " + head);
        }
        return this;
    }

    /** Asks for an upgrade and reads the head of the answer. */
    public String requestUpgrade(String extraHeaders) {
        return request(
                "GET",
                "/v1/ws",
                "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + extraHeaders);
    }

    /** Says hello and answers the peer id. */
    public String enter() {
        sendText("{\"type\":\"hello\"}");
        return readJson(json -> "welcome".equals(json.getString("type"))).getString("peer");
    }

    /** Sends a request and reads the head of the answer. */
    public String request(String method, String path, String headers) {
        write((method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
        return readHead();
    }

    /** Reads the head of the next answer. */
    public String readHead() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                bytes.write(in.readUnsignedByte());
            }
        } catch (IOException failure) {
            throw new AssertionError("no answer but " + bytes, failure);
        }
        head = bytes.toString(StandardCharsets.ISO_8859_1);
        return head;
    }

    /** The status line and headers of the last answer. */
    public String head() {
        return head;
    }

    public void sendText(String text) {
        send(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    public void send(int opcode, boolean isFinal, byte[] payload) {
        write(frame(opcode, isFinal, payload));
    }

    /** Sends bytes as they are. */
    public void write(byte[] bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A masked frame, ready to be sent. */
    public static byte[] frame(int opcode, boolean isFinal, byte[] payload) {
        byte[] header = header(opcode, isFinal, payload.length);
        byte[] all = Arrays.copyOf(header, header.length + payload.length);
        for (int i = 0; i < payload.length; i++) {
            all[header.length + i] = (byte) (payload[i] ^ MASK[i % MASK.length]);
        }
        return all;
    }

    /** The head of a masked frame that announces {@code length} bytes. */
    public static byte[] header(int opcode, boolean isFinal, long length) {
        ByteBuffer header = ByteBuffer.allocate(14);
        header.put((byte) (opcode | (isFinal ? FINAL : 0)));
        if (length < LENGTH_16) {
            header.put((byte) (length | MASKED));
        } else if (length <= 0xffff) {
            header.put((byte) (LENGTH_16 | MASKED)).putShort((short) length);
        } else {
            header.put((byte) (LENGTH_64 | MASKED)).putLong(length);
        }
        header.put(MASK);
        return Arrays.copyOf(header.array(), header.position());
    }

    /** Reads one frame. */
    public Frame read() {
        try {
            return readFrame();
        } catch (IOException failure) {
            throw new AssertionError("no frame", failure);
        }
    }

    /** Reads frames until one of {@code opcode}; the others are passed over. */
    public Frame read(int opcode) {
        Frame frame = read();
        while (frame.opcode != opcode) {
            frame = read();
        }
        return frame;
    }

    /** Reads frames until a text that is as wanted. */
    public JsonObject readJson(Predicate<JsonObject> wanted) {
        JsonObject json = new JsonObject(read(TEXT).text());
        while (!wanted.test(json)) {
            json = new JsonObject(read(TEXT).text());
        }
        return json;
    }

    /** Whether the server ends the connection next; what else it sends until then is passed over. */
    public boolean readEnd() {
        try {
            byte[] rest = new byte[8_192];
            while (in.read(rest) >= 0) {
                // Until it ends.
            }
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (SocketException reset) {
            return true;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Ends the connection without a word of WebSocket. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Ends the connection with a reset, as one whose machine has gone. */
    public void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private Frame readFrame() throws IOException {
        int first = in.readUnsignedByte();
        int second = in.readUnsignedByte();
        if ((second & MASKED) != 0) {
            throw new AssertionError("the server masks");
        }
        long length = second & LENGTH_BITS;
        if (length == LENGTH_16) {
            length = in.readUnsignedShort();
        } else if (length == LENGTH_64) {
            length = in.readLong();
        }
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        return new Frame(first & OPCODE_BITS, (first & FINAL) != 0, first >> 4 & 0x7, Buffer.buffer(payload));
    }
}
