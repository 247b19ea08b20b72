package io.heliograph.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import io.heliograph.protocol.Settings;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.ClusterManager;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Map;

/** Hazelcast as the cluster manager: fast to notice a death, quiet, and found by a list of addresses or by DNS. */
public final class HazelcastConfiguration {
    /** Processes with the same name form one cluster; Hazelcast refuses a member of another minor version by it. */
    private static final String CLUSTER_NAME = "heliograph";
    /** With two backups, two of three processes may die at once without losing an entry. */
    private static final int BACKUPS = 2;

    /** By itself the kernel dials ever more rarely: after 90 s in which nothing came through, a minute may pass. */
    private static final int CONNECT_SECONDS = 2;

    /** Hazelcast's own defaults would notice a death after a minute and heal a partition after five. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            Map.entry("hazelcast.heartbeat.interval.seconds", "1"),
            Map.entry("hazelcast.max.no.heartbeat.seconds", "5"),
            Map.entry("hazelcast.partial.member.disconnection.resolution.heartbeat.count", "3"),
            Map.entry("hazelcast.wait.seconds.before.join", "1"),
            Map.entry("hazelcast.operation.call.timeout.millis", "5000"),
            Map.entry("hazelcast.merge.first.run.delay.seconds", "10"),
            Map.entry("hazelcast.merge.next.run.delay.seconds", "2"),
            Map.entry("hazelcast.graceful.shutdown.max.wait", "20"),
            Map.entry("hazelcast.partition.migration.timeout", "10"),
            Map.entry("hazelcast.socket.bind.any", "false"),
            Map.entry("hazelcast.phone.home.enabled", "false"),
            Map.entry("hazelcast.shutdownhook.enabled", "false"),
            Map.entry("hazelcast.logging.type", "slf4j"));

    private HazelcastConfiguration() {}

    /** A cluster manager that has not joined yet. */
    public static ClusterManager manager(Settings.Cluster cluster) {
        Config config = new Config().setClusterName(CLUSTER_NAME);
        PROPERTIES.forEach(config::setProperty);
        // Nobody reads them, and while backups are being made the collector logs every partition that lacks one.
        config.getMetricsConfig().setEnabled(false);
        // Not the plain network configuration: its encoder, which speaks several protocols, never comes to rest while a
        // process that stands still owes it an answer, and stops all connections of its thread meanwhile.
        ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig()
                .setPort(cluster.port())
                .setPortAutoIncrement(false)
                .setPublicAddress(cluster.address());
        endpoint.setSocketConnectTimeoutSeconds(CONNECT_SECONDS);
        endpoint.getInterfaces().setEnabled(true).addInterface(cluster.host());
        JoinConfig join = config.getAdvancedNetworkConfig()
                .setEnabled(true)
                .setMemberEndpointConfig(endpoint)
                .getJoin();
        join.getAutoDetectionConfig().setEnabled(false);
        join.getMulticastConfig().setEnabled(false);
        if (cluster.dns().isPresent()) {
            join.getKubernetesConfig()
                    .setEnabled(true)
                    .setProperty("service-dns", cluster.dns().get())
                    .setProperty("service-port", String.valueOf(cluster.port()));
        } else {
            join.getTcpIpConfig().setEnabled(true).setMembers(cluster.members());
        }
        config.addMapConfig(new MapConfig("heliograph.*").setBackupCount(BACKUPS));
        config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(BACKUPS));
        config.addMultiMapConfig(new MultiMapConfig("__vertx.subs")
                .setBackupCount(BACKUPS)
                .setValueCollectionType(MultiMapConfig.ValueCollectionType.SET));
        return new HazelcastClusterManager(config);
    }

    /** The event bus that goes with it. */
    public static EventBusOptions bus(Settings.Cluster cluster, Membership.ServerProcess self) {
        EventBusOptions bus = new EventBusOptions()
                .setHost(cluster.host())
                .setPort(cluster.busPort())
                .setClusterNodeMetadata(self.toMetadata())
                .setClusterPingInterval(2_000)
                .setClusterPingReplyInterval(3_000)
                .setConnectTimeout(2_000);
        return cluster.busTls().map(files -> BusTls.encrypt(bus, files)).orElse(bus);
    }
}
