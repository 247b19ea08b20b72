package io.heliograph.auth;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.fuzz.FuzzTarget;
import io.heliograph.protocol.Grants;
import io.vertx.core.buffer.Buffer;

/** An answer of an application's endpoint is an identity within bounds, or what is wrong with it is said in a short line. */
public class WebhookFuzzTest extends FuzzTarget {
    private static final int PROBLEM_LENGTH_MAX = 200;

    public static void fuzzerTestOneInput(byte[] answer) {
        new WebhookFuzzTest().check(answer);
    }

    @Override
    protected void check(byte[] answer) {
        Buffer body = Buffer.buffer(answer);
        WebhookCodec.reason(body).ifPresent(reason -> assertLine(reason, WebhookCodec.REASON_LENGTH_MAX));
        try {
            Identity identity = WebhookCodec.identity(body, Grants.ALL);
            assertTrue(identity.user().isPresent() && identity.isVouchedFor());
            identity.iceServers().ifPresent(servers -> assertTrue(servers.size() <= WebhookCodec.ICE_SERVERS_MAX));
        } catch (IllegalArgumentException wrong) {
            assertLine(String.valueOf(wrong.getMessage()), PROBLEM_LENGTH_MAX);
        }
    }

    private static void assertLine(String text, int lengthMax) {
        assertTrue(!text.isEmpty() && text.codePointCount(0, text.length()) <= lengthMax, text);
        assertTrue(text.codePoints().noneMatch(Character::isISOControl), text);
    }
}
