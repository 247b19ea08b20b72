package io.heliograph.dialect.v1;

import static io.heliograph.dialect.v1.Frames.quoted;
import static io.heliograph.dialect.v1.Frames.refused;
import static io.heliograph.dialect.v1.Frames.understood;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.ServerMessage.Refused;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every error of shape: its code, the field it names, and whether it repeats the id. */
class BadFramesTest {
    private static final String EMOJI = "\ud83d\ude00";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "x",
                "null",
                "true",
                "1",
                "'type'",
                "[]",
                "[{'type':'ping'}]",
                "{",
                "{'type'",
                "{'type':",
                "{'type':'ping'",
                "{'type':'ping',}",
                "{'type':'ping'}}",
                "{'type':'ping'}{'type':'ping'}",
                "{'type':'ping'} x",
                "{type:'ping'}",
                "{'type':'ping' 'id':'1'}",
                "{'type':ping}",
                "{'type':'ping','x':01}",
                "{'type':'ping','x':1.}",
                "{'type':'ping','x':+1}",
                "{'type':'ping','x':.5}",
                "{'type':'ping','x':NaN}",
                "{'type':'ping','x':-Infinity}",
                "{'type':'ping','x':'\\q'}",
                "{'type':'ping','x':'\\u12'}",
                "{'type':'ping','x':'a\nb'}",
                "{'type':'ping','x':[1,]}",
                "{'type':'ping','x':[}",
                "{'type':'ping',/* */'x':1}",
                "{'type':'ping'}//",
                "{'type':'ping','type':'ping'}",
                "{'type':'ping','id':'1','id':'1'}",
                "{'type':'message','to':'p','data':1,'data':1}",
                "{'type':'message','to':'p','data':1,'d\\u0061ta':1}",
                "{'type':'ping','topic':1,'topic':2}"
            })
    void whatIsNotOneJsonObjectWithEachKnownKeyOnceIsABadFrame(String frame) {
        Refused answer = refused(quoted(frame));
        assertEquals(ErrorCode.BAD_FRAME, answer.refusal().code(), frame);
        assertEquals(Optional.empty(), answer.re());
        assertEquals(Optional.empty(), answer.address());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "BAD_FRAME    | type     | {'id':'1'}",
                "BAD_FRAME    | type     | {'id':'1','type':1}",
                "BAD_FRAME    | type     | {'id':'1','type':null}",
                "BAD_FRAME    | type     | {'id':'1','type':{}}",
                "UNKNOWN_TYPE | type     | {'id':'1','type':''}",
                "UNKNOWN_TYPE | type     | {'id':'1','type':'PING'}",
                "UNKNOWN_TYPE | type     | {'id':'1','type':'ping '}",
                "UNKNOWN_TYPE | type     | {'id':'1','type':'renew','token':'t'}",
                "UNKNOWN_TYPE | type     | {'id':'1','type':'welcome'}",
                "BAD_REQUEST  | user     | {'id':'1','type':'hello','user':1}",
                "BAD_REQUEST  | user     | {'id':'1','type':'hello','user':null}",
                "BAD_REQUEST  | user     | {'id':'1','type':'hello','user':''}",
                "BAD_REQUEST  | user     | {'id':'1','type':'hello','user':'a\\u0000b'}",
                "BAD_REQUEST  | user     | {'id':'1','type':'hello','user':'a\\u0085b'}",
                "BAD_REQUEST  | user     | {'id':'1','type':'hello','user':'\\ud83d'}",
                "BAD_REQUEST  | resume   | {'id':'1','type':'hello','resume':7}",
                "BAD_REQUEST  | room     | {'id':'1','type':'join'}",
                "BAD_REQUEST  | room     | {'id':'1','type':'join','room':null}",
                "BAD_REQUEST  | room     | {'id':'1','type':'join','room':['r']}",
                "BAD_REQUEST  | room     | {'id':'1','type':'join','room':true}",
                "BAD_REQUEST  | room     | {'id':'1','type':'join','room':''}",
                "BAD_REQUEST  | room     | {'id':'1','type':'join','room':'\\n'}",
                "BAD_REQUEST  | room     | {'id':'1','type':'join','room':'\\udc00\\ud800'}",
                "BAD_REQUEST  | capacity | {'id':'1','type':'join','room':'r','capacity':-1}",
                "BAD_REQUEST  | capacity | {'id':'1','type':'join','room':'r','capacity':2.0}",
                "BAD_REQUEST  | capacity | {'id':'1','type':'join','room':'r','capacity':1e2}",
                "BAD_REQUEST  | capacity | {'id':'1','type':'join','room':'r','capacity':'2'}",
                "BAD_REQUEST  | capacity | {'id':'1','type':'join','room':'r','capacity':null}",
                "BAD_REQUEST  | capacity | {'id':'1','type':'join','room':'r','capacity':9223372036854775808}",
                "BAD_REQUEST  | room     | {'id':'1','type':'update','data':1}",
                "BAD_REQUEST  | data     | {'id':'1','type':'update','room':'r'}",
                "BAD_REQUEST  | room     | {'id':'1','type':'leave'}",
                "BAD_REQUEST  | address  | {'id':'1','type':'offer','data':1}",
                "BAD_REQUEST  | address  | {'id':'1','type':'offer','to':'p','room':'r'}",
                "BAD_REQUEST  | address  | {'id':'1','type':'message','to':'p','topic':'t'}",
                "BAD_REQUEST  | address  | {'id':'1','type':'message','to':'p','user':'u'}",
                "BAD_REQUEST  | address  | {'id':'1','type':'message','user':'u','topic':'t'}",
                "BAD_REQUEST  | topic    | {'id':'1','type':'message','topic':7}",
                "BAD_REQUEST  | user     | {'id':'1','type':'message','user':''}",
                "BAD_REQUEST  | message  | {'id':'1','type':'offer','topic':'t'}",
                "BAD_REQUEST  | topic    | {'id':'1','type':'subscribe'}",
                "BAD_REQUEST  | topic    | {'id':'1','type':'unsubscribe','topic':['t']}",
                "BAD_REQUEST  | users    | {'id':'1','type':'watch'}",
                "BAD_REQUEST  | users    | {'id':'1','type':'watch','users':'bob'}",
                "BAD_REQUEST  | users    | {'id':'1','type':'watch','users':null}",
                "BAD_REQUEST  | users    | {'id':'1','type':'watch','users':['bob',7]}",
                "BAD_REQUEST  | users    | {'id':'1','type':'watch','users':['bob',['carl']]}",
                "BAD_REQUEST  | users    | {'id':'1','type':'watch','users':['bob','']}",
                "BAD_REQUEST  | users    | {'id':'1','type':'unwatch','users':{'a':'b'}}",
                "BAD_REQUEST  | user     | {'id':'1','type':'call'}",
                "BAD_REQUEST  | user     | {'id':'1','type':'call','user':{}}",
                "BAD_REQUEST  | call     | {'id':'1','type':'accept'}",
                "BAD_REQUEST  | call     | {'id':'1','type':'accept','call':''}",
                "BAD_REQUEST  | call     | {'id':'1','type':'hangup','call':9}",
                "BAD_REQUEST  | call     | {'id':'1','type':'reject','reason':'busy'}",
                "BAD_REQUEST  | reason   | {'id':'1','type':'reject','call':'c','reason':''}",
                "BAD_REQUEST  | reason   | {'id':'1','type':'reject','call':'c','reason':null}",
                "BAD_REQUEST  | reason   | {'id':'1','type':'reject','call':'c','reason':'a\\u0007'}",
                "BAD_REQUEST  | reason   | {'id':'1','type':'reject','call':'c','reason':'12345678901234567890123456789012345678901234567890123456789012345'}",
                "BAD_REQUEST  | to       | {'id':'1','type':'bye','to':7}",
                "BAD_REQUEST  | to       | {'id':'1','type':'bye','to':null}",
                "BAD_REQUEST  | to       | {'id':'1','type':'bye','to':''}",
                "BAD_REQUEST  | to       | {'id':'1','type':'bye','to':'\\u00e9'}",
                "BAD_REQUEST  | to       | {'id':'1','type':'bye','to':'123456789012345678901234567890123'}",
                "BAD_REQUEST  | room     | {'id':'1','type':'candidate','room':9}",
                "BAD_REQUEST  | seq      | {'id':'1','type':'offer','to':'p','seq':'1'}",
                "BAD_REQUEST  | seq      | {'id':'1','type':'offer','to':'p','seq':1.5}",
                "BAD_REQUEST  | ack      | {'id':'1','type':'offer','to':'p','ack':null}",
                "BAD_REQUEST  | ack      | {'id':'1','type':'offer','to':'p','ack':-9223372036854775809}"
            })
    void anErrorOfShapeHasItsCodeNamesTheFieldAndRepeatsTheId(ErrorCode code, String field, String frame) {
        Refused answer = refused(quoted(frame));
        assertEquals(code, answer.refusal().code(), answer.refusal().text());
        assertTrue(answer.refusal().text().contains(field), answer.refusal().text());
        assertEquals(Optional.of("1"), answer.re());
    }

    @ParameterizedTest
    @ValueSource(strings = {"''", "1", "null", "{}", "'\\ud800'", "'x\\udfff'"})
    void aBadIdIsABadRequestWithoutReWhateverTheType(String id) {
        for (String type : List.of("'ping'", "'nothing'", "7")) {
            Refused answer = refused(quoted("{'type':" + type + ",'id':" + id + "}"));
            assertEquals(ErrorCode.BAD_REQUEST, answer.refusal().code());
            assertTrue(
                    answer.refusal().text().startsWith("id: "), answer.refusal().text());
            assertEquals(Optional.empty(), answer.re());
        }
    }

    @Test
    void anIdAndANameCountInCodePoints() {
        assertEquals(
                Optional.of(EMOJI.repeat(64)),
                understood(quoted("{'type':'ping','id':'" + EMOJI.repeat(64) + "'}"))
                        .id());
        assertEquals(
                ErrorCode.BAD_REQUEST,
                refused(quoted("{'type':'ping','id':'" + "x".repeat(65) + "'}"))
                        .refusal()
                        .code());
        understood(quoted("{'type':'leave','room':'" + EMOJI.repeat(128) + "'}"));
        assertEquals(
                ErrorCode.BAD_REQUEST,
                refused(quoted("{'type':'leave','room':'" + "x".repeat(129) + "'}"))
                        .refusal()
                        .code());
    }

    @Test
    void dataThatIsKeptIsBoundedAndDataThatIsPassedOnIsNot() {
        String most = "'" + "x".repeat(4_094) + "'";
        String more = "'" + "x".repeat(4_095) + "'";
        for (String head : List.of("{'type':'hello'", "{'type':'join','room':'r'", "{'type':'update','room':'r'")) {
            understood(quoted(head + ",'data':" + most + "}"));
            Refused answer = refused(quoted(head + ",'data':" + more + "}"));
            assertEquals(ErrorCode.BAD_REQUEST, answer.refusal().code());
            assertTrue(
                    answer.refusal().text().startsWith("data: 4097 bytes"),
                    answer.refusal().text());
        }
        understood(quoted("{'type':'message','to':'p','data':'" + "x".repeat(60_000) + "'}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"data", "x", "to", "topic"})
    void nestingOf64PassesAndOf65IsABadFrame(String field) {
        // The frame itself is the first level.
        String deepest = "{'type':'ping','" + field + "':" + "[".repeat(63) + "]".repeat(63) + "}";
        understood(quoted(deepest));
        understood(quoted("{'type':'ping','" + field + "':" + "{'a':".repeat(63) + "1" + "}".repeat(63) + "}"));
        for (int depth : new int[] {64, 65, 1_000, 30_000}) {
            Refused answer =
                    refused(quoted("{'type':'ping','" + field + "':" + "[".repeat(depth) + "]".repeat(depth) + "}"));
            assertEquals(ErrorCode.BAD_FRAME, answer.refusal().code());
            assertTrue(answer.refusal().text().contains("64"), answer.refusal().text());
        }
        assertEquals(
                ErrorCode.BAD_FRAME,
                refused(quoted("{'type':'ping','" + field + "':" + "[".repeat(60_000)))
                        .refusal()
                        .code());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'ping','x':1,'x':2}",
                "{'type':'ping','x':{'type':1,'type':2,'id':[],'id':{}}}",
                "{'x':{'a':{'a':1},'a':2},'type':'ping','x':null}",
                "{'type':'ping','to':7,'room':null,'capacity':'x','seq':'y','data':[1,1]}",
                "{'type':'ping','x':'\\ud800'}",
                "{'type':'ping','':1,'TYPE':2,'Id':3,' id':4}"
            })
    void fieldsThatMeanNothingHereAreIgnored(String frame) {
        assertEquals(Optional.empty(), understood(quoted(frame)).id());
    }

    static Stream<Charset> otherEncodings() {
        return Stream.of(
                StandardCharsets.UTF_16,
                StandardCharsets.UTF_16BE,
                StandardCharsets.UTF_16LE,
                Charset.forName("UTF-32"),
                Charset.forName("UTF-32LE"));
    }

    @ParameterizedTest
    @MethodSource("otherEncodings")
    void anotherEncodingIsABadFrame(Charset charset) {
        assertEquals(
                ErrorCode.BAD_FRAME,
                refused("{\"type\":\"ping\"}".getBytes(charset)).refusal().code());
    }

    @Test
    void aByteOrderMarkAndNulCharactersAreABadFrame() {
        for (String frame : List.of(
                "\ufeff{\"type\":\"ping\"}",
                "\u0000{\"type\":\"ping\"}",
                "{\u0000\"type\":\"ping\"}",
                "{\"type\":\"ping\"}\u0000",
                "{\"type\":\"pi\u0000ng\"}",
                "\u00a0{\"type\":\"ping\"}",
                "\u000b{\"type\":\"ping\"}",
                "\u0000",
                "{\u0000}\u0000")) {
            assertEquals(ErrorCode.BAD_FRAME, refused(frame).refusal().code(), frame);
        }
    }

    @Test
    void anAnswerNeverRepeatsWhatWasSentWithoutBounds() {
        String long1 = "x".repeat(60_000);
        for (String frame : List.of(
                "{'type':'" + long1 + "'}",
                "{'type':'ping','id':'" + long1 + "'}",
                "{'type':'join','room':'" + long1 + "'}",
                "{'type':'bye','to':'" + long1 + "'}",
                "{'type':'join','room':'r','capacity':" + "1".repeat(60_000) + "}")) {
            assertTrue(refused(quoted(frame)).refusal().text().length() < 200);
        }
    }
}
