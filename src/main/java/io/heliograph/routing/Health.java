package io.heliograph.routing;

import io.vertx.core.Future;
import java.util.SortedMap;

/** What probes ask. Each answer maps the name of a check to whether it holds. May be called from any context. */
public interface Health {

    /** Once all hold, this process has started; after that they are not asked again. */
    SortedMap<String, Boolean> started();

    /** Whether new clients should be sent here. The state of the rest of the cluster is no part of it. */
    SortedMap<String, Boolean> ready();

    /** Whether the event loops turn; a check that does not answer within 2 s does not hold. */
    Future<SortedMap<String, Boolean>> live();
}
