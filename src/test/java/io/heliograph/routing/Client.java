package io.heliograph.routing;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.CallEnding;
import io.heliograph.protocol.CallId;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Payload;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.Roster;
import io.heliograph.protocol.Sequence;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.SessionToken;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A peer and what is behind it: as a session does, it has one request take effect after the other. It may lose its connection, and
 * go on with another, on any node.
 */
public final class Client {
    private final PeerId id;
    private final Optional<Name> user;
    private final Witness witness;

    // Owned by the node's context.
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean resuming;
    private Optional<Runnable> resumption = Optional.empty();
    private int interruptions;
    private boolean uncertain;
    private boolean orphaned;
    private boolean recordsMayBeBehind;
    private boolean messagesMayBeLost;
    private long relays;
    private Optional<Connection> connection = Optional.empty();
    private Optional<TestNode> resumingOn = Optional.empty();
    private Optional<SessionToken> token = Optional.empty();
    private int unacknowledged;
    private int strays;
    private Promise<Void> acknowledged = Promise.promise();

    // Written on the node's context, read by any thread.
    private final Set<Name> settled = ConcurrentHashMap.newKeySet();
    private final Set<Name> topics = ConcurrentHashMap.newKeySet();
    private final Map<Name, Payload> data = new ConcurrentHashMap<>();
    private volatile TestNode node;
    private volatile boolean busy;
    private volatile boolean connected = true;
    private volatile boolean leaving;
    private Optional<LocalPeer> peer = Optional.empty();

    private Client(TestNode node, PeerId id, Optional<Name> user, Witness witness) {
        this.node = node;
        this.id = id;
        this.user = user;
        this.witness = witness;
    }

    /** One of its connections. */
    private final class Connection implements Receiver {
        private final int begun = interruptions;

        @Override
        public void deliver(ServerMessage message) {
            if (connection.filter(current -> current == this).isPresent()) {
                witness.deliver(message);
            } else {
                strays++;
            }
        }

        @Override
        public Future<Void> supersede(CloseReason reason) {
            return unacknowledged == 0 ? Future.succeededFuture() : acknowledged.future();
        }

        @Override
        public boolean isOpen() {
            return begun == interruptions;
        }
    }

    /** Enters a new peer on {@code node}. */
    public static Future<Client> enter(TestNode node, PeerId id, Optional<Name> user, Consumer<String> complaints) {
        Promise<Client> entered = Promise.promise();
        Client client = new Client(node, id, user, new Witness(id, complaints));
        node.run(() -> client.enter().onComplete(entered));
        return entered.future();
    }

    private Future<Client> enter() {
        Connection first = new Connection();
        connection = Optional.of(first);
        return node.router().enter(id, user, Optional.empty(), first).map(session -> {
            peer = Optional.of(session.peer());
            token = Optional.of(session.token());
            session.peer().begin();
            return this;
        });
    }

    /** Its connection breaks, once what it has asked for has been answered; what it asks for from now on waits. */
    public Future<Void> lose() {
        Promise<Void> lost = Promise.promise();
        node.run(() -> enqueue(() -> {
            connected = false;
            return heard(node.router().detach(peer.orElseThrow())).onComplete(lost);
        }));
        return lost.future();
    }

    /** Whether the node has its connection, or was about to. */
    boolean dependsOn(TestNode dying) {
        return node == dying || resumingOn.equals(Optional.of(dying));
    }

    /** The connection is gone with its node, or the client gives up that which it had until now. */
    void loseWithNode() {
        interruptions++;
        orphaned = true;
        node.run(() -> peer.ifPresent(node.router()::detach));
        resumingOn = Optional.empty();
        resumption.ifPresent(waiting::remove);
        resuming = false;
        uncertain |= busy;
        connected = false;
        busy = false;
        connection = Optional.empty();
        unacknowledged = 0;
        acknowledged = Promise.promise();
    }

    /** Goes on over another connection, on {@code next}; answers whether it could. */
    public Future<Boolean> resume(TestNode next) {
        Promise<Boolean> resumed = Promise.promise();
        next.run(() -> enqueueFirst(() -> {
            connected = false;
            resumingOn = Optional.of(next);
            return resumeHere(next).onComplete(resumed);
        }));
        return resumed.future();
    }

    private Future<Boolean> resumeHere(TestNode next) {
        Connection another = new Connection();
        Future<Optional<Router.Resumption>> answer = next.router().resume(token.orElseThrow(), user -> true, another);
        int asked = interruptions;
        answer.onSuccess(found -> {
            if (asked != interruptions) {
                found.ifPresent(resumption -> next.router().detach(resumption.peer()));
            }
        });
        return heard(answer).onFailure(refused -> goIfLeaving()).compose(found -> {
            resumingOn = Optional.empty();
            if (found.isEmpty()) {
                goIfLeaving();
                return Future.succeededFuture(false);
            }
            Router.Resumption resumption = found.get();
            Witness.Former former = former(resumption.peer());
            closeFormer(resumption.peer());
            if (leaving) {
                resumption.peer().begin();
                connected = true;
                return heard(next.router().exit(resumption.peer(), LeaveReason.LEFT))
                        .map(true);
            }
            connection = Optional.of(another);
            node = next;
            peer = Optional.of(resumption.peer());
            token = Optional.of(resumption.token());
            orphaned = false;
            uncertain |= recordsMayBeBehind && former != Witness.Former.STAYED;
            witness.resumed(resumption.resumed(), uncertain, former);
            if (uncertain) {
                believe(resumption.resumed());
            }
            resumption.peer().begin();
            next.router().confirm(resumption.peer());
            connected = true;
            return Future.succeededFuture(true);
        });
    }

    /** It was only to come back so that it can say goodbye, and cannot: it says so where it was. */
    private void goIfLeaving() {
        connected |= leaving;
    }

    private Witness.Former former(LocalPeer now) {
        LocalPeer before = peer.orElseThrow();
        if (before == now) {
            return Witness.Former.STAYED;
        }
        if (messagesMayBeLost) {
            return Witness.Former.LEFT_BEHIND;
        }
        if (orphaned) {
            return Witness.Former.DIED;
        }
        return before.gone().isComplete() ? Witness.Former.LET_GO : Witness.Former.LEFT_BEHIND;
    }

    /** Should the node of before not know yet that the session is elsewhere. */
    private void closeFormer(LocalPeer now) {
        TestNode former = node;
        peer.filter(before -> before != now)
                .ifPresent(before -> former.run(() -> former.router().detach(before)));
    }

    /** What it last asked for was never answered: this is what came of it. */
    private void believe(Resumed resumed) {
        uncertain = false;
        settled.clear();
        topics.clear();
        topics.addAll(resumed.topics());
        for (Roster roster : resumed.rooms()) {
            settled.add(roster.room());
            // What it had asked for and was not answered: it asks again, and may not be answered again.
            update(
                    roster.room(),
                    Objects.requireNonNull(data.computeIfAbsent(roster.room(), room -> Payload.of("\"" + id + "\""))));
        }
    }

    /**
     * What may go wrong around it.
     *
     * @param records the directory does not take all that is written: a node that has only the record to go by may not know what
     *     the client asked for last
     * @param messages nodes do not hear all that others say: one may have let the session go too late for some of them
     */
    void expect(boolean records, boolean messages) {
        recordsMayBeBehind = records;
        messagesMayBeLost = messages;
    }

    /** Whether it has ever been cut off from a node while it asked it for something. */
    boolean wasInterrupted() {
        return interruptions > 0;
    }

    /** How many messages came over a connection of before. */
    int strays() {
        return strays;
    }

    /** Whether it has a connection. */
    boolean isConnected() {
        return connected;
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

    /** Whether what it sees may be about to change by its own doing. */
    boolean isBusy() {
        return busy || !connected;
    }

    public Future<Void> join(Name room, int capacity) {
        return join(room, capacity, Payload.of("\"" + id + "\""));
    }

    public Future<Void> join(Name room, int capacity, Payload memberData) {
        return request(peer -> heard(node.router()
                        .rooms()
                        .join(
                                peer,
                                new ClientMessage.Join(Optional.empty(), room, capacity, Optional.empty()),
                                Optional.of(memberData)))
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
            return heard(node.router().rooms().leave(peer, new ClientMessage.Leave(Optional.empty(), room)))
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
        return request(peer -> heard(node.router()
                        .rooms()
                        .update(peer, new ClientMessage.Update(Optional.empty(), room, memberData)))
                .onSuccess(updated -> data.put(room, memberData)));
    }

    /** Sends the next number to a peer; completes with it when that is acknowledged. */
    public Future<Long> relayTo(PeerId to) {
        return relay(new Address.ToPeer(to));
    }

    public Future<Void> subscribe(Name topic) {
        return request(peer -> heard(node.router().crowds().subscribe(peer, topic))
                .onSuccess(done -> {
                    if (!leaving) {
                        topics.add(topic);
                    }
                }));
    }

    public Future<Void> unsubscribe(Name topic) {
        return request(
                peer -> heard(node.router().crowds().unsubscribe(peer, topic)).onSuccess(done -> topics.remove(topic)));
    }

    public Future<Void> watch(Name... users) {
        return request(peer -> {
            List<Name> added = witness.watches(List.of(users));
            return heard(node.router().crowds().watch(peer, List.of(users)))
                    .onSuccess(done -> witness.mustKnow(List.of(users)))
                    .onFailure(refused -> witness.unwatches(added));
        });
    }

    public Future<Void> unwatch(Name... users) {
        return request(peer -> {
            witness.unwatches(List.of(users));
            return heard(node.router().crowds().unwatch(peer, List.of(users)));
        });
    }

    public Future<Void> call(Name callee) {
        return request(peer -> heard(
                node.router().calls().call(peer, new ClientMessage.Call(Optional.empty(), callee, Optional.empty()))));
    }

    public Future<Void> accept(CallId call) {
        return request(peer -> heard(node.router()
                .calls()
                .accept(peer, new ClientMessage.Accept(Optional.empty(), call, Optional.empty()))));
    }

    public Future<Void> reject(CallId call, CallEnding reason) {
        return request(peer -> heard(
                        node.router().calls().reject(peer, new ClientMessage.Reject(Optional.empty(), call, reason)))
                .onSuccess(done -> ended(call)));
    }

    public Future<Void> hangUp(CallId call) {
        return request(peer -> heard(
                        node.router().calls().hangUp(peer, new ClientMessage.Hangup(Optional.empty(), call)))
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
        Runnable ending = () -> {
            if (!connected) {
                giveUp();
                gone.complete();
                return;
            }
            leaving = true;
            witness.close();
            settled.clear();
            topics.clear();
            waiting.clear();
            enqueue(() -> peer.map(known -> heard(node.router().exit(known, reason)))
                    .orElseGet(Future::succeededFuture)
                    .onComplete(gone));
        };
        if (connected) {
            node.run(ending);
        } else {
            ending.run();
        }
        return gone.future();
    }

    /** Its session is over, without its doing. */
    void giveUp() {
        node.run(() -> peer.ifPresent(node.router()::detach));
        leaving = true;
        witness.close();
        settled.clear();
        topics.clear();
        waiting.clear();
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
                Future<Router.Sent> sent = heard(node.router().relay(peer.orElseThrow(), relay, System.nanoTime()));
                unacknowledged++;
                heard(sent.compose(Router.Sent::acknowledged))
                        .map(done -> number)
                        .onComplete(answered -> {
                            if (--unacknowledged == 0) {
                                Promise<Void> all = this.acknowledged;
                                this.acknowledged = Promise.promise();
                                all.complete();
                            }
                            acknowledged.handle(answered);
                        });
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

    /** The answer, unless it comes over a connection that is gone: then never. */
    private <T> Future<T> heard(Future<T> answer) {
        int asked = interruptions;
        Promise<T> heard = Promise.promise();
        answer.onComplete(answered -> {
            if (asked == interruptions) {
                heard.handle(answered);
            }
        });
        return heard.future();
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

    /** As a reconnecting client does before it goes on. */
    private void enqueueFirst(Supplier<Future<?>> request) {
        resumption.ifPresent(waiting::remove);
        Runnable first = () -> {
            busy = true;
            request.get().onComplete(done -> {
                busy = false;
                next();
            });
        };
        resumption = Optional.of(first);
        waiting.addFirst(first);
        resuming = true;
        next();
    }

    private void next() {
        if (!busy && (connected || resuming)) {
            resuming = false;
            Runnable first = waiting.poll();
            if (first != null) {
                first.run();
            }
        }
    }
}
