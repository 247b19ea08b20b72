package io.heliograph.routing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Sequence;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** A peer and what is behind it: as a session does, it has one request take effect after the other. */
public final class Client {
    private final TestNode node;
    private final PeerId id;
    private final Optional<Name> user;
    private final Witness witness;

    // Owned by the node's context.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private long relays;

    // Written on the node's context, read by any thread.
    private final Set<Name> settled = ConcurrentHashMap.newKeySet();
    private final Set<Name> topics = ConcurrentHashMap.newKeySet();
    private final Map<Name, Payload> data = new ConcurrentHashMap<>();
    private volatile boolean busy;
    private volatile boolean leaving;
    private Optional<LocalPeer> peer = Optional.empty();

    private Client(TestNode node, PeerId id, Optional<Name> user, Witness witness) {
        this.node = node;
        this.id = id;
        this.user = user;
        this.witness = witness;
    }

    /** Enters a new peer on {@code node}. */
    public static Future<Client> enter(TestNode node, PeerId id, Optional<Name> user, Consumer<String> complaints) {
        Promise<Client> entered = Promise.promise();
        Client client = new Client(node, id, user, new Witness(id, complaints));
        node.run(() -> node.router()
                .enter(id, user, client.witness)
                .<Client>map(peer -> {
                    client.peer = Optional.of(peer);
                    peer.begin();
                    return client;
                })
                .onComplete(entered));
        return entered.future();
    }

    public PeerId id() {
        return id;
    }

    public Optional<Name> user() {
        return user;
    }

    /** The topics it is subscribed to. */
    Set<Name> topics() {
        return Set.copyOf(topics);
    }

    public TestNode node() {
        return node;
    }

    /** What it has been told. */
    public Witness witness() {
        return witness;
    }

    /** Whether it was told {@code joined} and has not asked to leave since. */
    boolean isSettledIn(Name room) {
        return settled.contains(room);
    }

    Set<Name> rooms() {
        return Set.copyOf(settled);
    }

    /** What it last gave as its data, empty if that was refused. */
    Optional<Payload> data(Name room) {
        return Optional.ofNullable(data.get(room));
    }

    /** Whether it has asked to go. */
    boolean isLeaving() {
        return leaving;
    }

    boolean isBusy() {
        return busy;
    }

    public Future<Void> join(Name room, int capacity) {
        return join(room, capacity, Payload.of("\"" + id + "\""));
    }

    public Future<Void> join(Name room, int capacity, Payload memberData) {
        return request(peer -> node.router()
                .rooms()
                .join(
                        peer,
                        new ClientMessage.Join(Optional.empty(), room, capacity, Optional.empty()),
                        Optional.of(memberData))
                .onSuccess(joined -> {
                    if (!leaving) {
                        witness.mustBeIn(room);
                        settled.add(room);
                        data.put(room, memberData);
                    }
                }));
    }

    public Future<Void> leave(Name room) {
        return request(peer -> {
            boolean was = settled.remove(room);
            return node.router()
                    .rooms()
                    .leave(peer, new ClientMessage.Leave(Optional.empty(), room))
                    .onSuccess(left -> {
                        if (!leaving) {
                            witness.left(room);
                        }
                    })
                    .onFailure(failure -> {
                        if (was && !leaving) {
                            settled.add(room);
                        }
                    });
        });
    }

    public Future<Void> update(Name room, Payload memberData) {
        return request(peer -> node.router()
                .rooms()
                .update(peer, new ClientMessage.Update(Optional.empty(), room, memberData))
                .onSuccess(updated -> data.put(room, memberData)));
    }

    /** Sends the next number to a peer; completes with it when that is acknowledged. */
    public Future<Long> relayTo(PeerId to) {
        return relay(new Address.ToPeer(to));
    }

    public Future<Void> subscribe(Name topic) {
        return request(peer -> node.router().crowds().subscribe(peer, topic).onSuccess(done -> {
            if (!leaving) {
                topics.add(topic);
            }
        }));
    }

    public Future<Void> unsubscribe(Name topic) {
        return request(peer -> node.router().crowds().unsubscribe(peer, topic).onSuccess(done -> topics.remove(topic)));
    }

    public Future<Void> watch(Name... users) {
        return request(peer -> {
            List<Name> added = witness.watches(List.of(users));
            return node.router()
                    .crowds()
                    .watch(peer, List.of(users))
                    .onSuccess(done -> witness.mustKnow(List.of(users)))
                    .onFailure(refused -> witness.unwatches(added));
        });
    }

    public Future<Void> unwatch(Name... users) {
        return request(peer -> {
            node.router().crowds().unwatch(peer, List.of(users));
            witness.unwatches(List.of(users));
            return Future.succeededFuture();
        });
    }

    public Future<Void> call(Name callee) {
        return request(peer ->
                node.router().calls().call(peer, new ClientMessage.Call(Optional.empty(), callee, Optional.empty())));
    }

    public Future<Void> accept(CallId call) {
        return request(peer ->
                node.router().calls().accept(peer, new ClientMessage.Accept(Optional.empty(), call, Optional.empty())));
    }

    public Future<Void> reject(CallId call, CallEnding reason) {
        return request(peer -> node.router()
                .calls()
                .reject(peer, new ClientMessage.Reject(Optional.empty(), call, reason))
                .onSuccess(done -> ended(call)));
    }

    public Future<Void> hangUp(CallId call) {
        return request(peer -> node.router()
                .calls()
                .hangUp(peer, new ClientMessage.Hangup(Optional.empty(), call))
                .onSuccess(done -> ended(call)));
    }

    private void ended(CallId call) {
        if (!leaving) {
            witness.endedItself(call);
        }
    }

    /** Sends the next number to a group; completes with it when that is acknowledged. */
    public Future<Long> relayTo(Group group) {
        return relay(new Address.ToGroup(group));
    }

    /** Sends the next number to all others in a room; completes with it when that is acknowledged. */
    public Future<Long> relayTo(Name room) {
        return relay(new Address.ToGroup(Group.room(room)));
    }

    /** The connection ends; completes when no node knows the peer any more. */
    public Future<Void> exit(LeaveReason reason) {
        Promise<Void> gone = Promise.promise();
        node.run(() -> {
            leaving = true;
            witness.close();
            settled.clear();
            topics.clear();
            waiting.clear();
            enqueue(() -> peer.map(known -> node.router().exit(known, reason))
                    .orElseGet(Future::succeededFuture)
                    .onComplete(gone));
        });
        return gone.future();
    }

    private Future<Long> relay(Address to) {
        Promise<Long> acknowledged = Promise.promise();
        node.run(() -> {
            if (leaving) {
                acknowledged.fail("leaving");
                return;
            }
            enqueue(() -> {
                long number = ++relays;
                ClientMessage.Relay relay = new ClientMessage.Relay(
                        Optional.empty(),
                        RelayType.MESSAGE,
                        to,
                        Optional.of(Payload.of(Long.toString(number))),
                        Sequence.NONE);
                Future<Router.Sent> sent = node.router().relay(peer.orElseThrow(), relay, System.nanoTime());
                sent.compose(Router.Sent::acknowledged).map(done -> number).onComplete(acknowledged);
                return sent;
            });
        });
        return acknowledged.future();
    }

    private Future<Void> request(Function<LocalPeer, Future<Void>> request) {
        Promise<Void> done = Promise.promise();
        node.run(() -> {
            if (leaving) {
                done.fail("leaving");
                return;
            }
            enqueue(() -> request.apply(peer.orElseThrow()).onComplete(done));
        });
        return done.future();
    }

    private void enqueue(Supplier<Future<?>> request) {
        waiting.add(() -> {
            busy = true;
            request.get().onComplete(done -> {
                busy = false;
                next();
            });
        });
        next();
    }

    private void next() {
        if (!busy) {
            Runnable first = waiting.poll();
            if (first != null) {
                first.run();
            }
        }
    }
}
