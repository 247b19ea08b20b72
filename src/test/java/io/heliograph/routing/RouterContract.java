package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Member;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.ServerMessage.PeerLeft;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** What routers promise, on however many nodes and whatever is between them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
public abstract class RouterContract {
    private static final Payload NEWS = Payload.of("{\"muted\":true}");

    final List<Client> present = new ArrayList<>();
    private Optional<TestCluster> opened = Optional.empty();
    private int rooms;

    /** A cluster of which all nodes know each other. */
    protected abstract TestCluster open();

    final TestCluster cluster() {
        TestCluster cluster = opened.orElseGet(this::open);
        opened = Optional.of(cluster);
        return cluster;
    }

    final Client enter(int node) {
        return enter(node, Optional.empty());
    }

    final Client enter(int node, Name user) {
        return enter(node, Optional.of(user));
    }

    private Client enter(int node, Optional<Name> user) {
        Client client = cluster().enter(node, user);
        present.add(client);
        return client;
    }

    final Name room() {
        return new Name("room " + ++rooms);
    }

    final <T> T await(Future<T> future) {
        return cluster().await(future);
    }

    final void refused(ErrorCode expected, Future<?> request) {
        assertEquals(expected, assertThrows(Refusal.class, () -> await(request)).code());
    }

    @AfterEach
    void whenAllHaveLeftNothingIsLeft() {
        if (opened.isPresent()) {
            List<Future<Void>> exits = new ArrayList<>();
            present.forEach(client -> exits.add(client.exit(LeaveReason.LEFT)));
            await(Future.join(exits));
            present.clear();
            cluster()
                    .until(
                            "a clean cluster",
                            () -> Consistency.differences(cluster(), List.of()).isEmpty());
            assertEquals(List.of(), cluster().complaints());
        }
    }

    @AfterAll
    void close() {
        opened.ifPresent(TestCluster::close);
        opened = Optional.empty();
    }

    @Test
    void theFirstToJoinFindsNobody() {
        Name room = room();
        Client client = enter(0);
        await(client.join(room, 3));
        Witness.View view = client.witness().view(room).orElseThrow();
        assertEquals(3, view.capacity());
        assertEquals(Set.of(), view.found());
    }

    @Test
    void ofTwoWhoJoinAtOnceTheSecondFindsTheFirst() {
        for (int round = 0; round < 20; round++) {
            Name room = room();
            Client one = enter(round);
            Client other = enter(round + 1);
            await(Future.all(one.join(room, 2), other.join(room, 2)));
            Witness.View ones = one.witness().view(room).orElseThrow();
            Witness.View others = other.witness().view(room).orElseThrow();
            boolean oneIsFirst = ones.order() < others.order();
            assertEquals(oneIsFirst, others.found().contains(one.id()));
            assertEquals(!oneIsFirst, ones.found().contains(other.id()));
            cluster()
                    .until(
                            "both to see each other",
                            () -> one.witness().sees(room, other.id())
                                    && other.witness().sees(room, one.id()));
        }
    }

    @Test
    void asManyGetInAsThereAreSeatsHoweverManyCome() {
        Name room = room();
        List<Client> joiners = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            joiners.add(enter(i));
        }
        List<Future<Void>> joins = new ArrayList<>();
        joiners.forEach(joiner -> joins.add(joiner.join(room, 100)));
        assertThrows(Refusal.class, () -> await(Future.join(joins)));
        for (Future<Void> join : joins) {
            if (join.failed()) {
                refused(ErrorCode.ROOM_FULL, join);
            }
        }
        assertEquals(100, joins.stream().filter(Future::succeeded).count());
        Set<Long> orders = new HashSet<>();
        joiners.forEach(joiner ->
                joiner.witness().view(room).ifPresent(view -> assertTrue(orders.add(view.order()), "order twice")));
        cluster()
                .until(
                        "all to see the same",
                        () -> Consistency.differences(cluster(), present).isEmpty());
    }

    @Test
    void whoLeavesMakesRoomForAnother() {
        Name room = room();
        Client first = enter(0);
        Client second = enter(1);
        await(first.join(room, 1));
        refused(ErrorCode.ROOM_FULL, second.join(room, 5));
        await(first.leave(room));
        await(second.join(room, 1));
        assertEquals(Set.of(), second.witness().view(room).orElseThrow().found());
    }

    @Test
    void nobodySeesWhoHasLeft() {
        Name room = room();
        List<Client> members = join(room, 4);
        await(members.get(0).leave(room));
        for (Client other : members.subList(1, 4)) {
            assertFalse(other.witness().sees(room, members.get(0).id()));
            assertEquals(List.of(LeaveReason.LEFT), reasons(other));
        }
        await(members.get(0).join(room, 0));
        cluster()
                .until(
                        "all to see the same",
                        () -> Consistency.differences(cluster(), present).isEmpty());
    }

    @Test
    void whoseConnectionEndsIsSeenToLeaveAllItsRooms() {
        Name one = room();
        Name other = room();
        Client watcher = enter(0);
        Client leaver = enter(1);
        for (Name room : List.of(one, other)) {
            await(watcher.join(room, 0));
            await(leaver.join(room, 0));
        }
        await(leaver.exit(LeaveReason.KICKED));
        present.remove(leaver);
        assertEquals(List.of(LeaveReason.KICKED, LeaveReason.KICKED), reasons(watcher));
        refused(ErrorCode.PEER_UNREACHABLE, watcher.relayTo(leaver.id()));
    }

    @Test
    void anUpdateReachesThoseThereAndThoseToCome() {
        Name room = room();
        List<Client> members = join(room, 3);
        Client updater = members.get(0);
        await(updater.update(room, NEWS));
        Client late = enter(1);
        await(late.join(room, 0));
        for (Client other : List.of(members.get(1), members.get(2), late)) {
            Member seen = other.witness().view(room).orElseThrow().others().get(updater.id());
            assertEquals(Optional.of(NEWS), Optional.ofNullable(seen).flatMap(Member::data));
        }
    }

    @Test
    void aMemberIsNotLetInTwice() {
        Name room = room();
        Client client = enter(0);
        await(client.join(room, 0));
        refused(ErrorCode.ALREADY_JOINED, client.join(room, 0));
    }

    @Test
    void onlyAMemberMayLeaveUpdateAndRelay() {
        Name room = room();
        await(enter(1).join(room, 0));
        Client stranger = enter(0);
        refused(ErrorCode.NOT_A_MEMBER, stranger.leave(room));
        refused(ErrorCode.NOT_A_MEMBER, stranger.update(room, NEWS));
        refused(ErrorCode.NOT_A_MEMBER, stranger.relayTo(room));
    }

    @Test
    void aRelayFindsAStrangerOnAnyNode() {
        for (int node = 0; node < cluster().nodes().size(); node++) {
            Client sender = enter(0);
            Client stranger = enter(node);
            for (long number = 1; number <= 3; number++) {
                await(sender.relayTo(stranger.id()));
                assertEquals(number, stranger.witness().lastFrom(sender.id()));
            }
        }
    }

    @Test
    void nobodyAndOneselfCannotBeReached() {
        Client sender = enter(0);
        Client gone = enter(1);
        await(gone.exit(LeaveReason.LEFT));
        present.remove(gone);
        refused(ErrorCode.PEER_UNREACHABLE, sender.relayTo(gone.id()));
        refused(ErrorCode.PEER_UNREACHABLE, sender.relayTo(sender.id()));
    }

    @Test
    void aRelayToARoomReachesEverybodyElseOnce() {
        Name room = room();
        List<Client> members = join(room, 5);
        Client outsider = enter(1);
        await(members.get(2).relayTo(room));
        for (Client member : members) {
            assertEquals(member == members.get(2) ? 0 : 1, relays(member));
        }
        assertEquals(0, relays(outsider));
    }

    @Test
    void aRelayToAnEmptyRoomIsFine() {
        Name room = room();
        Client alone = enter(0);
        await(alone.join(room, 0));
        await(alone.relayTo(room));
        assertEquals(0, relays(alone));
    }

    @Test
    void relaysArriveInTheOrderSentWhateverTheirAddress() {
        Name room = room();
        Client sender = enter(0);
        Client receiver = enter(1);
        Client stranger = enter(1);
        await(receiver.join(room, 0));
        List<Future<?>> sent = new ArrayList<>();
        sent.add(sender.join(room, 0));
        for (int i = 0; i < 200; i++) {
            sent.add(sender.relayTo(room));
            sent.add(sender.relayTo(receiver.id()));
            sent.add(sender.relayTo(stranger.id()));
        }
        await(Future.all(sent));
        // A witness complains of any that is out of order.
        assertEquals(400, relays(receiver));
        assertEquals(200, relays(stranger));
    }

    final List<Client> join(Name room, int count) {
        List<Client> members = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Client client = enter(i);
            await(client.join(room, 0));
            members.add(client);
        }
        return members;
    }

    static List<LeaveReason> reasons(Client client) {
        return told(client, PeerLeft.class).stream().map(PeerLeft::reason).toList();
    }

    static long relays(Client client) {
        return told(client, Relayed.class).size();
    }

    static <T extends ServerMessage> List<T> told(Client client, Class<T> kind) {
        return client.witness().told().stream()
                .filter(kind::isInstance)
                .map(kind::cast)
                .toList();
    }
}
