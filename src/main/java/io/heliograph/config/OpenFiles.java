package io.heliograph.config;

import com.sun.management.UnixOperatingSystemMXBean;
import io.heliograph.protocol.Settings;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns where the system lets this process have fewer files open than settings promise connections. */
public final class OpenFiles {
    private static final Logger LOG = LoggerFactory.getLogger(OpenFiles.class);
    /** For jars, log, cluster and whoever is refused. */
    private static final int OTHERS = 500;

    private OpenFiles() {}

    /** Logs a line at the most. */
    public static void warn(Settings settings) {
        int connections = settings.limits().intake().connections();
        long needed = connections + Math.max(100, connections / 10) + (long) OTHERS;
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                && system.getMaxFileDescriptorCount() < needed) {
            LOG.warn(
                    "too few files may be open for limits.connections={}: {} (expected: ulimit -n {}, or fewer connections)",
                    connections,
                    system.getMaxFileDescriptorCount(),
                    needed);
        }
    }
}
