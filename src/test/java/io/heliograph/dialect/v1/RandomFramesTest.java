package io.heliograph.dialect.v1;

import static io.heliograph.dialect.v1.Frames.decode;
import static io.heliograph.dialect.v1.Frames.encode;
import static io.heliograph.dialect.v1.Frames.quoted;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.dialect.Decoded;
import io.heliograph.protocol.ClientMessage.Relay;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** Whatever comes, the answer is a message or an error, and the error is a frame. */
class RandomFramesTest {
    private static final int TRIALS = Boolean.getBoolean("heliograph.long") ? 10_000_000 : 200_000;
    private static final String FRAGMENTS = "{}[]:,\"'\\ \t\n/-+.eE0123456789truefalsnulxyz\u0000\u00e9\ud83d\ude00";
    private static final List<String> SEEDS = List.of(
            quoted("{'type':'hello','id':'1','user':'alice','data':{'name':'Alice'},'resume':'r'}"),
            quoted("{'type':'join','id':'2','room':'standup','capacity':2,'data':[1,2.5e3,null,true]}"),
            quoted("{'type':'update','id':'3','room':'\\ud83d\\ude00','data':'\u20ac'}"),
            quoted("{'type':'offer','id':'5','to':'p','data':{'sdp':'v=0\\r\\n'},'seq':1,'ack':-2}"),
            quoted("{'type':'message','room':'r','data':{'a':{'b':[[[]]]}},'x':{'type':1}}"),
            quoted("{'type':'ping'}"));

    private Random random = new Random();

    @BeforeEach
    void seed(TestInfo test) {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println(test.getDisplayName() + " heliograph.seed=" + seed);
        random = new Random(seed);
    }

    @Test
    void randomBytesAreAnswered() {
        for (int i = 0; i < TRIALS; i++) {
            byte[] frame = new byte[random.nextInt(40)];
            random.nextBytes(frame);
            if (frame.length > 0 && random.nextBoolean()) {
                frame[0] = '{';
            }
            assertAnswered(frame);
        }
    }

    @Test
    void randomTextIsAnswered() {
        for (int i = 0; i < TRIALS; i++) {
            StringBuilder text = new StringBuilder("{\"type\":\"message\",\"to\":\"p\",\"data\":");
            int length = random.nextInt(20);
            for (int c = 0; c < length; c++) {
                text.append(FRAGMENTS.charAt(random.nextInt(FRAGMENTS.length())));
            }
            assertAnswered(
                    text.append(random.nextBoolean() ? "}" : "").toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void framesThatWereTamperedWithAreAnswered() {
        for (int i = 0; i < TRIALS; i++) {
            byte[] frame = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
            for (int change = random.nextInt(4); change >= 0; change--) {
                frame = tamper(frame);
            }
            assertAnswered(frame);
        }
    }

    private byte[] tamper(byte[] frame) {
        if (frame.length == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int at = random.nextInt(frame.length);
        return switch (random.nextInt(4)) {
            case 0 -> Arrays.copyOf(frame, at);
            case 1 -> {
                byte[] changed = frame.clone();
                changed[at] = (byte) random.nextInt();
                yield changed;
            }
            case 2 -> {
                byte[] shorter = Arrays.copyOf(frame, frame.length - 1);
                System.arraycopy(frame, at + 1, shorter, at, frame.length - at - 1);
                yield shorter;
            }
            default -> {
                // Twice from here on, or another one's end.
                byte[] tail = SEEDS.get(random.nextInt(SEEDS.size())).getBytes(StandardCharsets.UTF_8);
                int from = random.nextInt(tail.length);
                byte[] longer = Arrays.copyOf(frame, at + tail.length - from);
                System.arraycopy(tail, from, longer, at, tail.length - from);
                yield longer;
            }
        };
    }

    private static void assertAnswered(byte[] frame) {
        try {
            Decoded decoded = decode(frame);
            if (decoded instanceof Decoded.Malformed malformed) {
                assertEquals("error", new JsonObject(encode(malformed.answer())).getString("type"));
            } else if (decoded instanceof Decoded.Understood understood
                    && understood.message() instanceof Relay relay
                    && relay.data().isPresent()) {
                assertEquals(1, pieces(frame, relay.data().get().toBytes()));
            }
        } catch (RuntimeException | StackOverflowError thrown) {
            throw new AssertionError("frame " + HexFormat.of().formatHex(frame), thrown);
        }
    }

    /** 1 if {@code piece} is JSON that stands in {@code frame}. */
    private static int pieces(byte[] frame, byte[] piece) {
        String text = new String(frame, StandardCharsets.ISO_8859_1);
        return text.contains(new String(piece, StandardCharsets.ISO_8859_1)) && piece.length > 0 ? 1 : 0;
    }
}
