package io.heliograph.it.cluster;

import static io.heliograph.it.harness.TestClient.with;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.it.harness.Await;
import io.heliograph.it.harness.Roamer;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** A call between two sessions that may move meanwhile. */
record RoamingCall(Roamer caller, Roamer callee, String id) {

    /** Begins it: it rings at {@code callee}, who is {@code user}. */
    static RoamingCall ring(Roamer caller, Roamer callee, String user) {
        JsonObject ringing = caller.ask(with("call", "user", user));
        assertEquals("ringing", ringing.getString("type"), ringing::encode);
        return new RoamingCall(caller, callee, ringing.getString("call"));
    }

    /** Takes it, and sees that the caller is told. */
    void accept() {
        assertEquals("ok", callee.ask(with("accept", "call", id)).getString("type"));
        Await.until(
                Await.SOON,
                () -> caller.frames("accepted").size() == 1 ? Optional.empty() : Optional.of("not told: " + caller));
    }
}
