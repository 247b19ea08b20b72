package io.heliograph.cluster;

import io.heliograph.protocol.NodeId;
import io.heliograph.routing.GroupEntry;
import io.heliograph.routing.GroupEntry.Seats;
import java.util.SortedMap;
import java.util.StringJoiner;
import java.util.TreeMap;

/** A group's entry as text: {@code <capacity> <joins> <node>=<members>:<last join> …}, equal entries being equal texts. */
final class GroupEntryText {

    private GroupEntryText() {}

    static String write(GroupEntry entry) {
        StringJoiner text = new StringJoiner(" ");
        text.add(Integer.toString(entry.capacity())).add(Long.toString(entry.joins()));
        entry.seats().forEach((node, seats) -> text.add(node + "=" + seats.members() + ":" + seats.lastJoin()));
        return text.toString();
    }

    static GroupEntry parse(String text) {
        String[] words = text.split(" ", -1);
        SortedMap<NodeId, Seats> seats = new TreeMap<>();
        for (int i = 2; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            int colon = words[i].indexOf(':', equals);
            seats.put(
                    NodeId.parse(words[i].substring(0, equals)),
                    new Seats(
                            Integer.parseInt(words[i].substring(equals + 1, colon)),
                            Long.parseLong(words[i].substring(colon + 1))));
        }
        return new GroupEntry(Integer.parseInt(words[0]), Long.parseLong(words[1]), seats);
    }
}
