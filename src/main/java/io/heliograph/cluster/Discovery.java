package io.heliograph.cluster;

import io.heliograph.protocol.Settings;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the cluster that discovery names has come together, so that processes started together end up as one. */
public final class Discovery {
    private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
    private static final int LOOK_MILLIS = 1_000;
    private static final int WARNING_LOOKS = 5;
    private static final int PATIENCE_LOOKS = 30;

    // Set once.
    private final Vertx vertx;
    private final Settings.Cluster settings;
    private final Membership membership;

    // Owned by one timer.
    private int looks;

    // Shared: any thread.
    private volatile boolean settled;

    public Discovery(Vertx vertx, Settings.Cluster settings, Membership membership) {
        this.vertx = vertx;
        this.settings = settings;
        this.membership = membership;
    }

    /** Begins to compare, once a second, who is named with who is there. */
    public void open() {
        vertx.setPeriodic(LOOK_MILLIS, timer -> {
            if (membership.isClosed()) {
                vertx.cancelTimer(timer);
            } else {
                look(timer);
            }
        });
    }

    /** Whether discovery once named this process, and only members; or 30 s have passed. From any thread. */
    public boolean isSettled() {
        return settled;
    }

    private void look(long timer) {
        vertx.executeBlocking(this::missing, false).onSuccess(missing -> {
            looks++;
            if (missing.isEmpty() || looks >= PATIENCE_LOOKS) {
                settled = true;
                vertx.cancelTimer(timer);
            }
            if (!missing.isEmpty() && (looks == WARNING_LOOKS || looks == PATIENCE_LOOKS)) {
                LOG.warn(
                        "{} processes={} missing={}",
                        membership.processes().size() == 1
                                ? "alone in the cluster, going on trying"
                                : "cluster not complete, going on trying",
                        membership.processes().size(),
                        missing);
            }
        });
    }

    /** Addresses that are not members yet; and the name, as long as it does not have this process itself. */
    Set<String> missing() {
        Set<String> missing = new TreeSet<>();
        if (settings.dns().isPresent()) {
            String name = settings.dns().get();
            addAddresses(missing, name, settings.port());
            if (!missing.contains(settings.address())) {
                // Then it need not have those that start together with it either.
                missing.add(name);
            }
        } else {
            for (String member : settings.members()) {
                int colon = member.lastIndexOf(':');
                boolean hasPort = colon > member.lastIndexOf(']') && colon > 0;
                addAddresses(
                        missing,
                        hasPort ? member.substring(0, colon) : member,
                        hasPort ? Integer.parseInt(member.substring(colon + 1)) : settings.port());
            }
        }
        missing.removeAll(membership.processes().stream()
                .map(Membership.ServerProcess::address)
                .collect(Collectors.toSet()));
        return missing;
    }

    /** A name that has no address yet names nobody. */
    private static void addAddresses(Set<String> addresses, String host, int port) {
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                addresses.add(address.getHostAddress() + ":" + port);
            }
        } catch (UnknownHostException unknown) {
            LOG.warn("cluster address has no answer host={}", host);
        }
    }
}
