package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What routers promise where a node can die and others survive it. */
public abstract class MortalNodesContract extends SeveralNodesContract {

    @Test
    void thePeersOfADeadNodeAreLostOnceAndLeaveNoTrace() {
        Name room = room();
        Name full = room();
        List<Client> members = join(room, 2 * cluster().nodes().size());
        Client resident = enter(cluster().nodes().size() - 1);
        await(resident.join(full, 1));
        cluster().kill();
        present.removeIf(client -> !cluster().ids().contains(client.node().id()));
        cluster()
                .until(
                        "the survivors to agree",
                        () -> Consistency.differences(cluster(), present).isEmpty());
        for (Client survivor : members) {
            if (present.contains(survivor)) {
                assertEquals(
                        members.stream()
                                .filter(member -> !present.contains(member))
                                .count(),
                        reasons(survivor).stream()
                                .filter(LeaveReason.LOST::equals)
                                .count());
            }
        }
        await(enter(0).join(full, 1));
        whenAllHaveLeftNothingIsLeft();
        close();
    }
}
