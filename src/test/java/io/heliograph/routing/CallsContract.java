package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Limits;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.ServerMessage.Accepted;
import io.heliograph.protocol.ServerMessage.Presence;
import io.heliograph.protocol.ServerMessage.Relayed;
import io.heliograph.protocol.ServerMessage.Ring;
import io.heliograph.protocol.ServerMessage.Ringing;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What routers promise about users, topics and calls. */
public abstract class CallsContract extends RouterContract {
    private int names;

    private Name name() {
        return new Name("name " + ++names);
    }

    private static CallId ringingAt(Client called) {
        List<Ring> rings = told(called, Ring.class);
        return rings.get(rings.size() - 1).call();
    }

    private CallId call(Client caller, Name callee) {
        await(caller.call(callee));
        List<Ringing> ringing = told(caller, Ringing.class);
        return ringing.get(ringing.size() - 1).call();
    }

    private void ends(Client client, CallId call, CallEnding reason) {
        cluster().until("the end of a call", () -> client.witness().endings().containsKey(call));
        assertEquals(reason, client.witness().endings().get(call));
    }

    @Test
    void aRelayToAUserReachesAllItsPeersButTheSender() {
        Name user = name();
        List<Client> devices = List.of(enter(0, user), enter(1, user), enter(1, user));
        Client other = enter(0);
        await(other.relayTo(Group.user(user)));
        await(devices.get(1).relayTo(Group.user(user)));
        assertEquals(2, relays(devices.get(0)));
        assertEquals(1, relays(devices.get(1)));
        assertEquals(2, relays(devices.get(2)));
        assertEquals(
                Optional.of(Group.user(user)),
                told(devices.get(0), Relayed.class).get(0).group());
    }

    @Test
    void aUserWithoutPeersIsOffline() {
        Name user = name();
        Client sender = enter(0);
        refused(ErrorCode.USER_OFFLINE, sender.relayTo(Group.user(user)));
        Client device = enter(1, user);
        await(sender.relayTo(Group.user(user)));
        await(device.exit(LeaveReason.LEFT));
        present.remove(device);
        refused(ErrorCode.USER_OFFLINE, sender.relayTo(Group.user(user)));
        refused(ErrorCode.USER_OFFLINE, sender.call(user));
    }

    @Test
    void whoeverIsSubscribedReceivesWhatIsPublishedAnywhere() {
        Name topic = name();
        List<Client> clients = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            clients.add(enter(i));
        }
        await(clients.get(0).relayTo(Group.topic(topic)));
        for (Client client : clients.subList(0, 3)) {
            await(client.subscribe(topic));
            await(client.subscribe(topic));
        }
        for (Client client : clients) {
            await(client.relayTo(Group.topic(topic)));
        }
        assertEquals(3, relays(clients.get(0)));
        assertEquals(3, relays(clients.get(1)));
        assertEquals(3, relays(clients.get(2)));
        assertEquals(0, relays(clients.get(3)));
        await(clients.get(1).unsubscribe(topic));
        await(clients.get(1).unsubscribe(topic));
        await(clients.get(3).relayTo(Group.topic(topic)));
        assertEquals(4, relays(clients.get(0)));
        assertEquals(3, relays(clients.get(1)));
    }

    @Test
    void topicsAndWatchesAreLimited() {
        Client client = enter(0);
        List<Name> users = new ArrayList<>();
        for (int i = 0; i < Limits.WATCHES_MAX; i++) {
            users.add(name());
        }
        await(client.watch(users.toArray(Name[]::new)));
        await(client.watch(users.get(0)));
        refused(ErrorCode.TOO_MANY, client.watch(name()));
        await(client.unwatch(users.get(0)));
        await(client.watch(name()));
        for (int i = 0; i < Limits.TOPICS_MAX; i++) {
            await(client.subscribe(name()));
        }
        refused(ErrorCode.TOO_MANY, client.subscribe(name()));
    }

    @Test
    void aWatcherIsToldHowManyPeersThereAreAtOnceAndAtEveryChange() {
        Name user = name();
        Client watcher = enter(0);
        await(watcher.watch(user));
        assertEquals(Map.of(user, 0), watcher.witness().presences());
        Client first = enter(0, user);
        Client second = enter(1, user);
        sees(watcher, user, 2);
        Client late = enter(1);
        await(late.watch(user));
        assertEquals(Map.of(user, 2), late.witness().presences());
        await(first.exit(LeaveReason.LEFT));
        present.remove(first);
        sees(watcher, user, 1);
        sees(late, user, 1);
        await(second.exit(LeaveReason.LOST));
        present.remove(second);
        sees(watcher, user, 0);
        sees(late, user, 0);
    }

    @Test
    void aUserNamedThousandsOfTimesIsWatchedOnce() {
        Name user = name();
        enter(1, user);
        enter(0, user);
        Client other = enter(1);
        await(other.watch(user));
        Client watcher = enter(0);
        Name[] names = Collections.nCopies(10_000, user).toArray(Name[]::new);
        await(watcher.watch(names));
        await(watcher.watch(names));
        assertEquals(Map.of(user, 2), watcher.witness().presences());
        assertEquals(2, told(watcher, Presence.class).size());
    }

    private void sees(Client watcher, Name user, int peers) {
        cluster()
                .until(
                        "presence " + peers,
                        () -> Map.of(user, peers).equals(watcher.witness().presences()));
    }

    @Test
    void whoWatchesNoMoreIsToldNoMore() {
        Name user = name();
        Client watcher = enter(0);
        await(watcher.watch(user, user));
        await(watcher.unwatch(user));
        enter(1, user);
        enter(0, user);
        // A witness would complain.
        assertEquals(Map.of(), watcher.witness().presences());
        assertTrue(told(watcher, Presence.class).stream().allMatch(presence -> presence.peers() == 0));
    }

    @Test
    void aCallRingsAtAllPeersAndGoesToTheFirstWhoTakesIt() {
        Name user = name();
        List<Client> devices = List.of(enter(0, user), enter(1, user), enter(1, user));
        Client caller = enter(0);
        CallId call = call(caller, user);
        assertEquals(3, told(caller, Ringing.class).get(0).peers());
        devices.forEach(device -> assertEquals(call, ringingAt(device)));
        await(devices.get(1).accept(call));
        // As often as it asks: an answer may have been lost.
        await(devices.get(1).accept(call));
        assertEquals(devices.get(1).id(), told(caller, Accepted.class).get(0).from());
        ends(devices.get(0), call, CallEnding.ANSWERED_ELSEWHERE);
        ends(devices.get(2), call, CallEnding.ANSWERED_ELSEWHERE);
        refused(ErrorCode.CALL_GONE, devices.get(0).accept(call));
        await(devices.get(1).hangUp(call));
        ends(caller, call, CallEnding.HANGUP);
        refused(ErrorCode.CALL_GONE, caller.hangUp(call));
    }

    @Test
    void ofTwoWhoTakeItAtOnceOneHasIt() {
        for (int round = 0; round < 20; round++) {
            Name user = name();
            Client one = enter(round, user);
            Client other = enter(round + 1, user);
            Client caller = enter(0);
            CallId call = call(caller, user);
            Future<Void> ones = one.accept(call);
            Future<Void> others = other.accept(call);
            cluster().until("both to be answered", () -> ones.isComplete() && others.isComplete());
            assertTrue(ones.succeeded() != others.succeeded());
            Client taker = ones.succeeded() ? one : other;
            assertEquals(taker.id(), told(caller, Accepted.class).get(0).from());
            ends(taker == one ? other : one, call, CallEnding.ANSWERED_ELSEWHERE);
            await(caller.hangUp(call));
            ends(taker, call, CallEnding.HANGUP);
        }
    }

    @Test
    void oneRejectEndsTheRingingEverywhere() {
        Name user = name();
        List<Client> devices = List.of(enter(0, user), enter(1, user));
        Client caller = enter(1);
        CallId call = call(caller, user);
        CallEnding busy = new CallEnding("busy");
        await(devices.get(0).reject(call, busy));
        ends(caller, call, busy);
        ends(devices.get(1), call, busy);
        refused(ErrorCode.CALL_GONE, devices.get(0).reject(call, busy));
    }

    @Test
    void aCallerMayHangUpWhileItRings() {
        Name user = name();
        List<Client> devices = List.of(enter(0, user), enter(1, user));
        Client caller = enter(0);
        CallId call = call(caller, user);
        refused(ErrorCode.CALL_GONE, devices.get(0).hangUp(call));
        await(caller.hangUp(call));
        devices.forEach(device -> ends(device, call, CallEnding.HANGUP));
    }

    @Test
    void whoIsNotPartOfACallCannotTouchIt() {
        Name user = name();
        Client device = enter(1, user);
        Client caller = enter(0);
        Client stranger = enter(0);
        CallId call = call(caller, user);
        for (Client client : List.of(stranger, caller)) {
            refused(ErrorCode.CALL_GONE, client.accept(call));
            refused(ErrorCode.CALL_GONE, client.reject(call, CallEnding.DECLINED));
        }
        refused(ErrorCode.CALL_GONE, stranger.hangUp(call));
        Client late = enter(1, user);
        refused(ErrorCode.CALL_GONE, late.accept(call));
        await(device.accept(call));
        refused(ErrorCode.CALL_GONE, device.reject(call, CallEnding.DECLINED));
        refused(ErrorCode.CALL_GONE, stranger.hangUp(call));
        await(caller.hangUp(call));
        ends(device, call, CallEnding.HANGUP);
    }

    @Test
    void aUserMayCallItsOtherDevicesButNotThisOne() {
        Name user = name();
        Client caller = enter(0, user);
        refused(ErrorCode.USER_OFFLINE, caller.call(user));
        Client other = enter(1, user);
        CallId call = call(caller, user);
        assertEquals(List.of(), told(caller, Ring.class));
        await(other.accept(call));
        await(other.hangUp(call));
        ends(caller, call, CallEnding.HANGUP);
    }

    @Test
    void oneCallAtATimeRingsFromAPeerToAUser() {
        Name user = name();
        Client device = enter(1, user);
        Client caller = enter(0);
        CallId first = call(caller, user);
        refused(ErrorCode.TOO_MANY, caller.call(user));
        await(device.accept(first));
        CallId second = call(caller, user);
        await(caller.hangUp(second));
        await(caller.hangUp(first));
        ends(device, first, CallEnding.HANGUP);
        ends(device, second, CallEnding.HANGUP);
    }

    @Test
    void whenTheCallerGoesTheCallIsLost() {
        Name user = name();
        List<Client> devices = List.of(enter(0, user), enter(1, user));
        for (boolean taken : List.of(false, true)) {
            Client caller = enter(1);
            CallId call = call(caller, user);
            if (taken) {
                await(devices.get(0).accept(call));
                ends(devices.get(1), call, CallEnding.ANSWERED_ELSEWHERE);
            }
            await(caller.exit(LeaveReason.LOST));
            present.remove(caller);
            ends(devices.get(0), call, CallEnding.LOST);
            if (!taken) {
                ends(devices.get(1), call, CallEnding.LOST);
            }
        }
    }

    @Test
    void whenTheLastRingingPeerGoesTheCallIsLost() {
        Name user = name();
        List<Client> devices = List.of(enter(0, user), enter(1, user));
        Client caller = enter(0);
        CallId call = call(caller, user);
        await(devices.get(0).exit(LeaveReason.LOST));
        present.remove(devices.get(0));
        assertEquals(Map.of(), caller.witness().endings());
        await(devices.get(1).exit(LeaveReason.LEFT));
        present.remove(devices.get(1));
        ends(caller, call, CallEnding.LOST);
    }

    @Test
    void whenWhoTookItGoesTheCallIsLost() {
        Name user = name();
        Client device = enter(1, user);
        Client caller = enter(0);
        CallId call = call(caller, user);
        await(device.accept(call));
        await(device.exit(LeaveReason.LEFT));
        present.remove(device);
        ends(caller, call, CallEnding.LOST);
    }
}
