package io.heliograph.transport;

import io.netty.util.NetUtil;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What browsers may call this machine.
 *
 * @param reachable names or addresses under which the server is found from elsewhere, the likely ones only; at least one
 * @param hosts all names, {@code localhost} among them
 * @param addresses all addresses, the loopback's among them
 */
record OwnNames(List<String> reachable, Set<String> hosts, Set<String> addresses) {
    private static final String LOCALHOST = "localhost";
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1");
    /** As a certificate may have it; the last label must not begin with a digit, or the certificate's builder fails. */
    private static final Pattern HOST =
            Pattern.compile("(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\\.)*[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?");

    /** Those of this machine now, for a server that listens on {@code listening}. Blocks. */
    static OwnNames find(String listening) {
        return of(listening, localHostName(), interfaceAddresses());
    }

    /** The same for a machine with this name and these addresses. */
    static OwnNames of(String listening, Optional<String> hostName, List<InetAddress> found) {
        Set<String> hosts = new LinkedHashSet<>(Set.of(LOCALHOST));
        Set<String> addresses = new LinkedHashSet<>(LOOPBACK);
        hostName.filter(OwnNames::isHost).ifPresent(hosts::add);
        found.forEach(address -> addresses.add(NetUtil.toAddressString(address)));
        Optional<InetAddress> literal = Optional.ofNullable(NetUtil.createInetAddressFromIpAddressString(listening));
        if (literal.isPresent() && literal.get().isAnyLocalAddress()) {
            return new OwnNames(likely(found), hosts, addresses);
        }
        literal.ifPresentOrElse(
                address -> addresses.add(NetUtil.toAddressString(address)),
                () -> Optional.of(listening).filter(OwnNames::isHost).ifPresent(hosts::add));
        return new OwnNames(List.of(listening), hosts, addresses);
    }

    /** What to type into a browser. */
    List<String> origins(int port) {
        return reachable.stream()
                .map(name -> "https://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + port)
                .toList();
    }

    /** IPv4 is easier to type; what is bound to one interface cannot be typed at all. */
    private static List<String> likely(List<InetAddress> found) {
        List<InetAddress> others = found.stream()
                .filter(address -> !address.isLoopbackAddress() && !isOfOneInterface(address))
                .toList();
        List<InetAddress> short4 =
                others.stream().filter(Inet4Address.class::isInstance).toList();
        List<InetAddress> chosen = short4.isEmpty() ? others : short4;
        return chosen.isEmpty()
                ? List.of(LOCALHOST)
                : chosen.stream().map(NetUtil::toAddressString).toList();
    }

    private static boolean isOfOneInterface(InetAddress address) {
        return !(address instanceof Inet4Address) && address.isLinkLocalAddress();
    }

    private static boolean isHost(String name) {
        return HOST.matcher(name).matches();
    }

    private static Optional<String> localHostName() {
        try {
            return Optional.of(InetAddress.getLocalHost().getHostName());
        } catch (UnknownHostException nameless) {
            return Optional.empty();
        }
    }

    private static List<InetAddress> interfaceAddresses() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(OwnNames::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .toList();
        } catch (SocketException none) {
            return List.of();
        }
    }

    private static boolean isUp(NetworkInterface card) {
        try {
            return card.isUp();
        } catch (SocketException gone) {
            return false;
        }
    }
}
