package io.heliograph.transport;

import io.heliograph.protocol.ForwardedBy;
import io.heliograph.protocol.Network;
import io.heliograph.protocol.Settings;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where clients are, as those proxies say whose word is taken. Each proxy adds at the end where it has a request from, and passes on
 * what was there before, which anybody may have made up: what counts is the last address that is none of the proxies'.
 */
final class Proxies {
    private static final String X_FORWARDED_FOR = "X-Forwarded-For";
    private static final String FORWARDED = "Forwarded";
    /** RFC 9110, section 5.3: lines of one name are one list. */
    private static final String COMMA = ",";

    /** An address, behind which some proxies put the port. */
    private static final Pattern NODE = Pattern.compile("\\[([^\\]]*)](?::\\w+)?|([^:]*)(?::\\w+)?|(.*)");

    private final ForwardedBy header;
    private final List<IpSubnetFilterRule> trusted;

    Proxies(Settings.Proxies settings) {
        this.header = settings.header();
        this.trusted = settings.networks().stream().map(Proxies::rule).toList();
    }

    /** Whether the connection is from where its beginning may be believed. */
    boolean mayAnnounce(HttpConnection connection) {
        return addressOf(connection.remoteAddress(true)).filter(this::isTrusted).isPresent();
    }

    /** Where the connection is from, unless that is a proxy, whose clients have nothing to do with each other. */
    Optional<ClientAddress> of(HttpConnection connection) {
        return addressOf(connection.remoteAddress())
                .filter(address -> !isTrusted(address))
                .map(ClientAddress::of);
    }

    /** Where the client is who makes the request; empty where nobody has said it. */
    Optional<ClientAddress> of(HttpServerRequest request) {
        Optional<InetAddress> sender = addressOf(request.connection().remoteAddress());
        Iterator<String> before = lastFirst(request);
        while (sender.filter(this::isTrusted).isPresent() && before.hasNext()) {
            sender = read(before.next());
        }
        return sender.filter(address -> !isTrusted(address)).map(ClientAddress::of);
    }

    private Iterator<String> lastFirst(HttpServerRequest request) {
        return switch (header) {
            case X_FORWARDED_FOR ->
                Stream.of(joined(request, X_FORWARDED_FOR).split(COMMA, -1))
                        .map(String::strip)
                        .collect(Collectors.toCollection(ArrayDeque::new))
                        .descendingIterator();
            case FORWARDED -> new ForwardedNodes(joined(request, FORWARDED));
            default -> Collections.emptyIterator();
        };
    }

    private static String joined(HttpServerRequest request, String name) {
        return String.join(COMMA, request.headers().getAll(name));
    }

    private static Optional<InetAddress> read(String node) {
        var written = NODE.matcher(node);
        if (!written.matches()) {
            return Optional.empty();
        }
        String address = written.group(1) != null
                ? written.group(1)
                : written.group(2) != null ? written.group(2) : written.group(3);
        return Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(address));
    }

    private boolean isTrusted(InetAddress address) {
        InetSocketAddress socket = new InetSocketAddress(address, 0);
        return trusted.stream().anyMatch(rule -> rule.matches(socket));
    }

    private static Optional<InetAddress> addressOf(SocketAddress address) {
        return Optional.ofNullable(address.hostAddress()).map(NetUtil::createInetAddressFromIpAddressString);
    }

    private static IpSubnetFilterRule rule(Network network) {
        return new IpSubnetFilterRule(network.address(), network.prefixLength(), IpFilterRuleType.ACCEPT);
    }
}
