package io.heliograph.bench;

import static io.heliograph.it.harness.RawClient.BINARY;
import static io.heliograph.it.harness.RawClient.CLOSE;
import static io.heliograph.it.harness.RawClient.CONTINUATION;
import static io.heliograph.it.harness.RawClient.PING;
import static io.heliograph.it.harness.RawClient.TEXT;

import io.heliograph.it.harness.RawClient;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** What one hostile client does next, drawn from a seed: all that a client can send before and after {@code hello}. */
final class HostileMoves {
    private static final int FRAME_BYTES_MAX = 65_536;
    /** A burst is ten times the rate of 200; the rest is more than is read in the 10 s after which it is closed. */
    private static final int FLOOD_FRAMES = 4_500;

    private static final int STORM_JOINS = 10;

    private static final List<String> VERBS = List.of(
            "'join','room':'%s'",
            "'join','room':'%s','capacity':-1,'data':[[[{}]]]",
            "'leave','room':'%s'",
            "'update','room':'%s','data':{'a':1e999}",
            "'subscribe','topic':'%s'",
            "'unsubscribe','topic':'%s'",
            "'watch','users':['%s','%1$s','%1$s']",
            "'unwatch','users':['%s']",
            "'call','user':'%s','data':{}",
            "'accept','call':'%s'",
            "'reject','call':'%s','reason':'%1$s'",
            "'hangup','call':'%s'",
            "'offer','to':'%s','data':null",
            "'answer','to':'%s','room':'%1$s','data':1",
            "'candidate','to':'%s','seq':99999999999999999999,'ack':-1",
            "'message','room':'%s','data':'%1$s'",
            "'message','topic':'%s'",
            "'bye','user':'%s'",
            "'hello','user':'%s'",
            "'hello','resume':'%s'",
            "'renew','token':'%s'",
            "'ping','id':'%s'",
            "'ice','id':['%s']",
            "'%s'");

    private static final List<String> NAMES = List.of(
            "\\u0000",
            "\\u001b[2J\\u001b[31m",
            "a\\r\\n2026-01-01T00:00:00Z ERROR Main: stopped",
            "a\n",
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "\\ud800",
            "\\udc00\\ud800",
            "\\u202egpj.exe",
            "${jndi:ldap://127.0.0.1/a}",
            "%n%s%n{}{}",
            "a peer=p room=r reason=normal",
            "__proto__",
            "../../etc/passwd",
            "AaAaAaAa",
            "BBBBBBBB",
            "AaBBAaBB",
            "BBAaBBAa",
            "\\u00e9",
            "e\\u0301",
            "\\\"}",
            "",
            " ",
            "*",
            "x".repeat(128),
            "x".repeat(129),
            "\ud83d\ude00".repeat(128));

    private static final List<String> BROKEN = List.of(
            "",
            " ",
            "{",
            "}",
            "[]",
            "null",
            "0",
            "\"hello\"",
            "{\"type\"}",
            "{\"type\":}",
            "{\"type\":null}",
            "{\"type\":{\"type\":\"join\"}}",
            "{'type':'join'}",
            "{\"type\":\"ping\"}{\"type\":\"ping\"}",
            "{\"type\":\"ping\",}",
            "{\"type\":\"ping\",\"n\":NaN}",
            "{\"type\":\"ping\",\"n\":-01}",
            "{\"type\":\"ping\"/**/}",
            "\ufeff{\"type\":\"ping\"}",
            "{\"type\":\"pi\\ng\"}",
            "{\"type\":\"\\u00",
            "{\"type\":\"join\",\"type\":\"leave\",\"room\":\"a\",\"room\":\"b\"}",
            "{\"type\":\"join\",\"\\u0074ype\":\"leave\",\"room\":\"a\"}",
            "{\"type\":\"ping\",\"id\":\"" + "i".repeat(65) + "\"}",
            "{\"type\":\"ping\",\"n\":1" + "0".repeat(20_000) + "}");

    private static final List<byte[]> NO_UTF8 = List.of(
            new byte[] {(byte) 0xff},
            new byte[] {(byte) 0xc0, (byte) 0x80},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {'"', (byte) 0xf0, (byte) 0x9f},
            new byte[] {(byte) 0xf5, (byte) 0x80, (byte) 0x80, (byte) 0x80});

    /** Instead of an upgrade, or a part of one. */
    private static final List<String> NO_UPGRADES = List.of(
            "",
            "G",
            "GET /v1/ws HTTP/1.1\r\nHost: a\r\nX: ",
            "GET /v1/ws HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v1/ws HTTP/9.9\r\n\r\n",
            "\u0000\u0001\u0002\r\n\r\n",
            "GET /" + "a".repeat(9_000) + " HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n" + "Cookie: a=b\r\n".repeat(2_000) + "\r\n",
            "POST /v1/sockjs/0/0/xhr_send HTTP/1.1\r\nHost: a\r\nContent-Length: 9999999999\r\n\r\n[",
            "GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n");

    private static final String UPGRADE = String.join(
            "\r\n",
            "GET /v1/ws HTTP/1.1",
            "Host: a",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    /**
     * What goes out at once.
     *
     * @param frames how many WebSocket frames it is
     */
    record Move(Buffer bytes, int frames) {}

    private final Random random;
    private final List<Supplier<Move>> moves;

    HostileMoves(long seed) {
        random = new Random(seed);
        moves = List.of(
                () -> text(BROKEN),
                () -> text(mutated()),
                this::nested,
                () -> text(request(pick(NAMES))),
                () -> text(request(pick(NAMES))),
                () -> text(request("p" + Long.toHexString(random.nextLong()))),
                () -> text(request("crowd" + random.nextInt(40))),
                () -> text(
                        "{\"type\":\"" + Long.toString(random.nextLong(), 36).repeat(1 + random.nextInt(500)) + "\"}"),
                this::huge,
                this::storm,
                this::endlessFragments,
                this::violation,
                () -> one(TEXT, true, pick(NO_UTF8)),
                this::pings,
                this::close);
    }

    /** The beginning of a connection; one in ten comes to no upgrade. */
    static byte[] upgrade() {
        return UPGRADE.getBytes(StandardCharsets.ISO_8859_1);
    }

    boolean upgrades() {
        return random.nextInt(10) > 0;
    }

    byte[] noUpgrade() {
        return pick(NO_UPGRADES).getBytes(StandardCharsets.ISO_8859_1);
    }

    /** After the upgrade; one in five says something else first. */
    Move first() {
        return random.nextInt(5) == 0
                ? next()
                : text("{\"type\":\"hello\",\"user\":\"attacker" + random.nextInt(50) + "\"}");
    }

    Move next() {
        return pick(moves).get();
    }

    /** Whether a client now breaks its connection off by itself. */
    boolean breaksOff() {
        return random.nextInt(30) == 0;
    }

    Move flood() {
        Buffer all = Buffer.buffer();
        byte[] frame = frame(request("p" + random.nextInt()));
        for (int i = 0; i < FLOOD_FRAMES; i++) {
            all.appendBytes(frame);
        }
        return new Move(all, FLOOD_FRAMES);
    }

    private String request(String name) {
        return ("{'type':" + pick(VERBS) + "}").replace('\'', '"').formatted(name);
    }

    private String mutated() {
        StringBuilder text = new StringBuilder(request(pick(NAMES)));
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(text.length());
            switch (random.nextInt(3)) {
                case 0 -> text.deleteCharAt(at);
                case 1 -> text.insert(at, text.charAt(random.nextInt(text.length())));
                default -> text.setCharAt(at, (char) random.nextInt(256));
            }
        }
        return text.toString();
    }

    private Move nested() {
        String open = random.nextBoolean() ? "[" : "{\"a\":";
        return text("{\"type\":\"message\",\"to\":\"p\",\"data\":" + open.repeat(60 + random.nextInt(12_000)));
    }

    /** Around the limit of a frame, or with a length that nobody would send. */
    private Move huge() {
        if (random.nextInt(4) == 0) {
            return new Move(Buffer.buffer(RawClient.header(TEXT, true, random.nextLong() >>> random.nextInt(48))), 1);
        }
        String head = "{\"type\":\"update\",\"room\":\"crowd\",\"data\":\"";
        int length = random.nextBoolean() ? 4_000 + random.nextInt(200) : FRAME_BYTES_MAX - 10 + random.nextInt(20);
        return text(head + "x".repeat(length - head.length() - 2) + "\"}");
    }

    private Move storm() {
        Buffer all = Buffer.buffer();
        String room = "\",\"room\":\"crowd" + random.nextInt(40) + "\"}";
        for (int i = 0; i < STORM_JOINS; i++) {
            all.appendBytes(frame("{\"type\":\"join" + room));
            all.appendBytes(frame("{\"type\":\"leave" + room));
        }
        return new Move(all, 2 * STORM_JOINS);
    }

    private Move endlessFragments() {
        Buffer all = Buffer.buffer();
        byte[] payload = new byte[random.nextBoolean() ? 0 : random.nextInt(5_000)];
        all.appendBytes(RawClient.frame(TEXT, false, payload));
        int count = 1 + random.nextInt(30);
        for (int i = 1; i < count; i++) {
            all.appendBytes(RawClient.frame(CONTINUATION, false, payload));
        }
        return new Move(all, count);
    }

    /** What RFC 6455 forbids, and what this server does not take. */
    private Move violation() {
        byte[] payload = "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8);
        return switch (random.nextInt(7)) {
            case 0 -> one(3 + random.nextInt(5), true, payload);
            case 1 -> one(0xb + random.nextInt(5), true, payload);
            case 2 -> one(TEXT | (1 + random.nextInt(7)) << 4, true, payload);
            case 3 -> new Move(Buffer.buffer(new byte[] {(byte) 0x81, 2, '{', '}'}), 1);
            case 4 -> one(PING, random.nextBoolean(), new byte[126 + random.nextInt(200)]);
            case 5 -> one(CONTINUATION, true, payload);
            default -> one(BINARY, random.nextBoolean(), payload);
        };
    }

    private Move pings() {
        Buffer all = Buffer.buffer();
        int count = 1 + random.nextInt(20);
        for (int i = 0; i < count; i++) {
            all.appendBytes(RawClient.frame(PING, true, new byte[125]));
        }
        return new Move(all, count);
    }

    private Move close() {
        byte[] payload = new byte[random.nextInt(6)];
        random.nextBytes(payload);
        if (payload.length > 1 && random.nextBoolean()) {
            payload[0] = (byte) (random.nextBoolean() ? 0x03 : 0x0f);
        }
        return one(CLOSE, true, payload);
    }

    private Move text(List<String> some) {
        return text(pick(some));
    }

    private static Move text(String text) {
        return new Move(Buffer.buffer(frame(text)), 1);
    }

    private static Move one(int opcode, boolean isFinal, byte[] payload) {
        return new Move(Buffer.buffer(RawClient.frame(opcode, isFinal, payload)), 1);
    }

    private static byte[] frame(String text) {
        return RawClient.frame(TEXT, true, text.getBytes(StandardCharsets.UTF_8));
    }

    private <T> T pick(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }
}
