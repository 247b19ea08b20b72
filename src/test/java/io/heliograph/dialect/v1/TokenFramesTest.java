package io.heliograph.dialect.v1;

import static io.heliograph.dialect.v1.Frames.decode;
import static io.heliograph.dialect.v1.Frames.decodeWithTokens;
import static io.heliograph.dialect.v1.Frames.quoted;
import static io.heliograph.dialect.v1.Frames.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.heliograph.dialect.Decoded;
import io.heliograph.protocol.ClientMessage.Hello;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Refusal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a token is to a server that asks for one, and that it is nothing to one that does not. */
class TokenFramesTest {
    private static final String TYPES = "hello, join, update, leave, offer, answer, candidate, bye, message, subscribe,"
            + " unsubscribe, watch, unwatch, call, accept, reject, hangup, ping";

    @ParameterizedTest
    @ValueSource(strings = {"'t'", "5", "null", "{'a':[]}"})
    void whereNobodyAsksForOneItIsAFieldThatIsUnknown(String token) {
        Decoded.Understood hello =
                assertInstanceOf(Decoded.Understood.class, decode(quoted("{'type':'hello','token':" + token + "}")));
        assertEquals(
                new Hello(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                hello.message());
    }

    @ParameterizedTest
    @ValueSource(strings = {"{'type':'renew','token':'t'}", "{'type':'renew'}", "{'type':'renew','token':5}"})
    void whereNobodyAsksForOneNoneCanBeRenewed(String frame) {
        Refusal refusal = refused(quoted(frame)).refusal();
        assertEquals(ErrorCode.UNKNOWN_TYPE, refusal.code());
        assertEquals("type: renew (expected: " + TYPES + " or ice)", refusal.text());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'type':'hello','token':5} | token: a number (expected: a string)",
                "{'type':'hello','token':null} | token: null (expected: a string)",
                "{'type':'renew','token':[]} | token: an array (expected: a string)",
                "{'type':'renew'} | token: missing (expected: present)"
            },
            quoteCharacter = '`')
    void whereOneIsAskedForItIsText(String frame, String text) {
        Decoded.Malformed malformed = assertInstanceOf(Decoded.Malformed.class, decodeWithTokens(quoted(frame)));
        assertEquals(ErrorCode.BAD_REQUEST, malformed.answer().refusal().code());
        assertEquals(text, malformed.answer().refusal().text());
    }

    @Test
    void whoeverDoesNotKnowTheTypesIsToldOfRenewToo() {
        Decoded.Malformed malformed =
                assertInstanceOf(Decoded.Malformed.class, decodeWithTokens(quoted("{'type':'shout'}")));
        assertEquals(
                "type: shout (expected: " + TYPES + ", renew or ice)",
                malformed.answer().refusal().text());
    }
}
