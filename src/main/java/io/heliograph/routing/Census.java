package io.heliograph.routing;

import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The peers that this node owns, and the groups that they have to do with. */
final class Census {
    // Set once.
    private final NodeId self;
    private final Directory directory;
    private final int capacityMax;
    private final Facts facts;

    // Owned by the node's context.
    private final Map<PeerId, LocalPeer> peers = new HashMap<>();
    private final Map<Name, Room> rooms = new HashMap<>();
    private final Map<Group, Crowd> crowds = new HashMap<>();

    Census(NodeId self, Directory directory, int capacityMax, Facts facts) {
        this.self = self;
        this.directory = directory;
        this.capacityMax = capacityMax;
        this.facts = facts;
    }

    NodeId self() {
        return self;
    }

    void add(LocalPeer peer) {
        peers.put(peer.id(), peer);
    }

    void remove(LocalPeer peer) {
        peers.remove(peer.id());
    }

    Optional<LocalPeer> peer(PeerId id) {
        return Optional.ofNullable(peers.get(id));
    }

    Collection<LocalPeer> peers() {
        return peers.values();
    }

    Optional<Room> room(Name name) {
        return Optional.ofNullable(rooms.get(name));
    }

    /** The room, begun if this node had nothing to do with it so far. */
    Room openRoom(Name name) {
        return rooms.computeIfAbsent(name, opened -> {
            facts.roomOpened(opened);
            return new Room(opened, self, directory, capacityMax, () -> closeRoomIfUnused(opened));
        });
    }

    /** All rooms; a copy, so that they may close meanwhile. */
    List<Room> rooms() {
        return List.copyOf(rooms.values());
    }

    Optional<Crowd> crowd(Group group) {
        return Optional.ofNullable(crowds.get(group));
    }

    /** The crowd, begun if this node had nothing to do with it so far. */
    Crowd openCrowd(Group group) {
        return crowds.computeIfAbsent(
                group, opened -> new Crowd(opened, self, directory, () -> closeCrowdIfUnused(opened)));
    }

    /** All crowds; a copy, so that they may close meanwhile. */
    List<Crowd> crowds() {
        return List.copyOf(crowds.values());
    }

    /** The node of a peer that shares a room with {@code seeker}, or that it has found before. */
    Optional<NodeId> locate(PeerId peer, LocalPeer seeker) {
        for (Name name : seeker.rooms()) {
            Room room = rooms.get(name);
            NodeId node = room == null ? null : room.nodeOf(peer);
            if (node != null) {
                return Optional.of(node);
            }
        }
        return seeker.stranger(peer);
    }

    private void closeCrowdIfUnused(Group group) {
        Crowd crowd = crowds.get(group);
        if (crowd != null && crowd.isUnused()) {
            crowds.remove(group);
        }
    }

    private void closeRoomIfUnused(Name name) {
        Room room = rooms.get(name);
        if (room != null && room.isUnused()) {
            rooms.remove(name);
            facts.roomClosed(name);
        }
    }
}
