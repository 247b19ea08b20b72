package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.cluster.Membership.ServerProcess;
import io.heliograph.protocol.Settings;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is missing from a cluster of one, {@code 127.0.0.1:5701}. */
class DiscoveryTest {
    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        Processes.await(vertx.close());
    }

    @Test
    void ofANameNobodyIsMissingWhenItHasThisProcessOnly() {
        assertEquals(Set.of(), missing(List.of(), Optional.of("127.0.0.1")));
    }

    /** As it is on Kubernetes in the first seconds of a pod. */
    @Test
    void aNameIsMissingItselfAsLongAsItDoesNotHaveThisProcess() {
        assertEquals(Set.of("127.0.0.2", "127.0.0.2:5701"), missing(List.of(), Optional.of("127.0.0.2")));
    }

    @Test
    void aListNeedNotHaveThisProcess() {
        assertEquals(Set.of("127.0.0.2:5702"), missing(List.of("127.0.0.2:5702"), Optional.empty()));
    }

    private Set<String> missing(List<String> members, Optional<String> dns) {
        Settings.Cluster settings = new Settings.Cluster(true, "127.0.0.1", 5701, 0, members, dns, Optional.empty());
        ServerProcess self = new ServerProcess("a1b2c3d4", 1, "127.0.0.1:5701");
        return new Discovery(vertx, settings, new Membership(vertx, self, Optional.empty())).missing();
    }
}
