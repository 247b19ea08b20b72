package io.heliograph.routing;

import io.heliograph.protocol.Name;
import org.junit.jupiter.api.Test;

/** What routers promise where there are several nodes. */
public abstract class SeveralNodesContract extends CallsContract {

    @Test
    void aNodeThatStandsStillDoesNotFailAJoin() {
        Name room = room();
        Client sleeper = enter(1);
        await(sleeper.join(room, 0));
        Client joiner = enter(0);
        // So that the joiner's node needs nobody but the silent one.
        await(joiner.join(room, 0));
        await(joiner.leave(room));
        Runnable thaw = cluster().freeze(sleeper.node());
        try {
            await(joiner.join(room, 0));
        } finally {
            thaw.run();
        }
        cluster()
                .until(
                        "both to see each other",
                        () -> sleeper.witness().sees(room, joiner.id())
                                && joiner.witness().sees(room, sleeper.id()));
    }
}
