package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a link promises where the other node can die. */
public abstract class MortalLinkContract extends LinkContract {

    @Test
    void aNodeGoesDownAfterAllThatWaitedForItHasFailed() {
        LinkEnd end = pair().end(0);
        Future<NodeAnswer> waiting = pair().call(
                        0,
                        link -> link.ask(pair().id(1), new NodeRequest.Ask(LinkEnd.SILENCE))
                                .onFailure(failure -> end.note("failed")));
        pair().until(
                        "the request to be heard",
                        () -> pair().end(1).heard().stream()
                                .anyMatch(heard -> heard.contains(LinkEnd.SILENCE.value())));
        pair().killSecond();
        String down = "down " + pair().id(1);
        pair().until("the other to be down", () -> end.heard().contains(down));
        assertThrows(Unreachable.class, () -> pair().await(waiting));
        assertEquals(
                List.of("failed", down),
                end.heard().subList(end.heard().size() - 2, end.heard().size()));
        assertEquals(Set.of(), pair().await(pair().call(0, link -> Future.succeededFuture(link.others()))));
        assertThrows(Unreachable.class, () -> pair().await(ask(0, number(1))));
        close();
    }
}
