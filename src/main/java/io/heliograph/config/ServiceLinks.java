package io.heliograph.config;

import java.util.regex.Pattern;

/**
 * The variables that Kubernetes puts into every container for each Service of the namespace. For a Service called
 * {@code heliograph}, or {@code heliograph-} and more, they look like ours and mean nothing to us.
 */
final class ServiceLinks {
    private static final Pattern NAME = Pattern.compile("HELIOGRAPH(_[A-Z0-9_]+)?_"
            + "(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
    private static final Pattern PORT_NAME = Pattern.compile("HELIOGRAPH(_[A-Z0-9_]+)?_PORT");
    private static final Pattern PORT_VALUE = Pattern.compile("(tcp|udp|sctp)://\\S+");

    private ServiceLinks() {}

    /** Also true of a name that is a key of ours, where the value shows that Kubernetes set it. */
    static boolean matches(String name, String value) {
        return NAME.matcher(name).matches()
                || (PORT_NAME.matcher(name).matches()
                        && PORT_VALUE.matcher(value).matches());
    }
}
