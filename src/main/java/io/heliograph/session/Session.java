package io.heliograph.session;

import io.heliograph.auth.Identity;
import io.heliograph.protocol.Address;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.ClientMessage.Accept;
import io.heliograph.protocol.ClientMessage.Call;
import io.heliograph.protocol.ClientMessage.Hangup;
import io.heliograph.protocol.ClientMessage.Hello;
import io.heliograph.protocol.ClientMessage.Ice;
import io.heliograph.protocol.ClientMessage.Join;
import io.heliograph.protocol.ClientMessage.Leave;
import io.heliograph.protocol.ClientMessage.Ping;
import io.heliograph.protocol.ClientMessage.Reject;
import io.heliograph.protocol.ClientMessage.Relay;
import io.heliograph.protocol.ClientMessage.Renew;
import io.heliograph.protocol.ClientMessage.Subscribe;
import io.heliograph.protocol.ClientMessage.Unsubscribe;
import io.heliograph.protocol.ClientMessage.Unwatch;
import io.heliograph.protocol.ClientMessage.Update;
import io.heliograph.protocol.ClientMessage.Watch;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.LeaveReason;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.PeerId;
import io.heliograph.protocol.Refusal;
import io.heliograph.protocol.ResumeResult;
import io.heliograph.protocol.Resumed;
import io.heliograph.protocol.ServerMessage;
import io.heliograph.protocol.SessionToken;
import io.heliograph.routing.LocalPeer;
import io.heliograph.routing.Receiver;
import io.heliograph.routing.ResumedElsewhere;
import io.heliograph.routing.Router;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one client may do, from its connection's first frame to its last. Requests take effect in the order in which they came:
 * one that needs an answer from elsewhere holds back those behind it.
 */
public final class Session implements Receiver {
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);
    private static final int HELLO_WITHIN_MILLIS = 5_000;
    private static final int WAITING_MAX = 64;
    private static final int SUPERSEDED_MILLIS_MAX = 1_000;

    /** What a session is in; what exists only in one state lives in that state. */
    private sealed interface State {
        /** Waits for {@code hello}. */
        record Greeting(long timer) implements State {}

        record Active(LocalPeer peer, Standing standing) implements State {}

        /** {@code peer} is whose it was. */
        record Closed(Optional<PeerId> peer) implements State {}
    }

    private record Waiting(ClientMessage message, long readNanos) {}

    // Set once.
    private final Sessions node;
    private final Vertx vertx;
    private final Router router;
    private final Facts facts;
    private final Outlet outlet;
    private final DialectName dialect;
    private final Promise<Void> gone = Promise.promise();
    private final Promise<Void> superseded = Promise.promise();

    // Owned by the node's context.
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private State state;
    private boolean busy;
    private boolean yielding;
    private int unacknowledged;
    private Optional<CloseReason> ending = Optional.empty();

    /** Begins to wait for {@code hello}. */
    Session(Sessions node, Outlet outlet, DialectName dialect) {
        this.node = node;
        this.vertx = node.vertx;
        this.router = node.router;
        this.facts = node.facts;
        this.outlet = outlet;
        this.dialect = dialect;
        this.state = greeting();
    }

    /**
     * Takes a request.
     *
     * @param readNanos when its frame was read, by {@link System#nanoTime()}
     */
    public void request(ClientMessage message, long readNanos) {
        if (ending.isPresent()) {
            return;
        }
        if (superseded.future().isComplete()) {
            tooLate(message);
            return;
        }
        if (state instanceof State.Active active && !yielding) {
            router.confirm(active.peer());
        }
        waiting.add(new Waiting(message, readNanos));
        if (waiting.size() >= WAITING_MAX) {
            outlet.wantMore(false);
        }
        next();
    }

    /** Answers a frame that meant nothing. */
    public void refuse(ServerMessage.Refused answer) {
        facts.refused(answer.refusal().code());
        outlet.push(answer);
    }

    /** The same for a request; of a relay its client hears all the same where the connection is closing, once it is back. */
    private void refuse(ClientMessage request, Refusal refusal) {
        facts.refused(refusal.code());
        Optional<Address> address = request instanceof Relay relay ? Optional.of(relay.to()) : Optional.empty();
        if (!outlet.push(new ServerMessage.Refused(request.id(), refusal, address))
                && ending.filter(reason -> !reason.isResumable()).isEmpty()) {
            tooLate(request);
        }
    }

    /** The session goes on elsewhere, or will: who sent the relay is told there that it is lost. */
    private void tooLate(ClientMessage request) {
        if (request instanceof Relay relay) {
            peer().ifPresent(sender -> router.lose(sender, relay.to()));
        }
    }

    /**
     * The connection is closed or closing. The peer leaves once the requests under way have ended; only the first call counts.
     *
     * @return completes when no node knows the peer any more
     */
    public Future<Void> ended(CloseReason reason) {
        if (ending.isEmpty()) {
            ending = Optional.of(reason);
            facts.closed(reason);
            // What the client had said before still takes effect, unless it broke the rules.
            if (reason.leaveReason() == LeaveReason.KICKED) {
                waiting.clear();
            }
            next();
        }
        return gone.future();
    }

    @Override
    public void deliver(ServerMessage message) {
        if (message instanceof ServerMessage.Relayed relayed
                && state instanceof State.Active active
                && active.standing().identity().isVouchedFor()
                && relayed.group()
                        .filter(group -> group.kind() == GroupKind.ROOM)
                        .isEmpty()) {
            router.acquaint(active.peer(), relayed.from());
        }
        outlet.push(message);
    }

    /** The session goes on elsewhere: {@link LocalPeer} is no longer this object's. */
    @Override
    public Future<Void> supersede(CloseReason reason) {
        yielding = true;
        outlet.close(reason);
        vertx.setTimer(SUPERSEDED_MILLIS_MAX, timer -> {
            waiting.forEach(late -> tooLate(late.message));
            waiting.clear();
            superseded.tryComplete();
        });
        return superseded.future();
    }

    @Override
    public boolean isOpen() {
        return ending.isEmpty();
    }

    /** Completes when the connection has ended, and no node knows the peer any more unless it is away. */
    Future<Void> gone() {
        return gone.future();
    }

    /** Tells the client that it is to go to another process; false where there is no peer yet. */
    boolean askToMove(ServerMessage.Draining message) {
        return state instanceof State.Active && !yielding && outlet.push(message);
    }

    /** Ends the connection, since the node stops. */
    void restart() {
        if (state instanceof State.Active active) {
            router.suspend(active.peer());
        }
        outlet.close(CloseReason.RESTART);
    }

    /** For logs: the peer, once there is one. */
    @Override
    public String toString() {
        return peer().map(PeerId::value).orElse("-");
    }

    private Optional<PeerId> peer() {
        if (state instanceof State.Active active) {
            return Optional.of(active.peer().id());
        }
        return state instanceof State.Closed closed ? closed.peer() : Optional.empty();
    }

    private void next() {
        while (!busy) {
            Waiting first = waiting.poll();
            if (first == null) {
                ending.ifPresent(this::leave);
                return;
            }
            if (waiting.size() == WAITING_MAX / 2) {
                outlet.wantMore(true);
            }
            busy = true;
            take(first.message, first.readNanos).onComplete(taken -> {
                busy = false;
                if (taken.failed()) {
                    answerFailure(first.message, taken.cause());
                }
                // Where it was taken at once, the loop goes on by itself.
                next();
            });
        }
    }

    private void leave(CloseReason reason) {
        LOG.debug("connection ended peer={} node={} reason={}", this, router.node(), reason.label());
        State last = state;
        state = new State.Closed(peer());
        if (last instanceof State.Greeting greeting) {
            vertx.cancelTimer(greeting.timer());
            gone.complete();
        } else if (last instanceof State.Active active) {
            active.standing().end();
            if (yielding) {
                yielded();
                gone.complete();
            } else if (reason.isResumable()) {
                router.detach(active.peer()).onComplete(gone);
            } else {
                router.exit(active.peer(), reason.leaveReason()).onComplete(gone);
            }
        }
    }

    private void yielded() {
        if (yielding && state instanceof State.Closed && unacknowledged == 0) {
            superseded.tryComplete();
        }
    }

    private Future<Void> take(ClientMessage message, long readNanos) {
        if (state instanceof State.Active active) {
            ClientMessage meant = active.standing()
                    .identity()
                    .tenant()
                    .map(tenant -> message.accept(new NamesOf(tenant)))
                    .orElse(message);
            return meant.accept(new Requests(active, readNanos));
        }
        if (message instanceof Hello hello && state instanceof State.Greeting greeting) {
            if (!node.admit()) {
                restart();
                return Future.succeededFuture();
            }
            vertx.cancelTimer(greeting.timer());
            return open(hello).onFailure(refused -> state = greeting());
        }
        return Future.failedFuture(
                new Refusal(ErrorCode.HELLO_FIRST, "type: before hello (expected: hello as the first frame)"));
    }

    private State greeting() {
        return new State.Greeting(
                vertx.setTimer(HELLO_WITHIN_MILLIS, timer -> outlet.close(CloseReason.HELLO_TIMEOUT)));
    }

    private Future<Void> open(Hello hello) {
        return node.authenticator
                .identify(hello.user(), hello.token())
                .compose(identity -> hello.resume()
                        .map(shown -> resume(shown, identity))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty()))
                        .compose(resumed -> resumed.map(found -> goOn(hello, identity, found))
                                .orElseGet(() -> begin(hello, identity))));
    }

    private Future<Optional<Router.Resumption>> resume(String shown, Identity identity) {
        return SessionToken.parse(shown)
                .map(token -> router.resume(token, identity::mayResume, this))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()))
                .onSuccess(resumed ->
                        facts.resumeEnded(resumed.map(Session::wasHere).orElse(ResumeResult.OVER)))
                .onFailure(failure -> facts.resumeEnded(whyNot(failure)));
    }

    private static ResumeResult whyNot(Throwable failure) {
        if (failure instanceof ResumedElsewhere) {
            return ResumeResult.SUPERSEDED;
        }
        return isUnauthorized(failure) ? ResumeResult.UNAUTHORIZED : ResumeResult.UNAVAILABLE;
    }

    private static Refusal unauthorized(String text) {
        return new Refusal(ErrorCode.UNAUTHORIZED, text);
    }

    private static boolean isUnauthorized(Throwable failure) {
        return failure instanceof Refusal refusal && refusal.code() == ErrorCode.UNAUTHORIZED;
    }

    private static ResumeResult wasHere(Router.Resumption resumption) {
        return resumption.peer().hasBegun() ? ResumeResult.SAME_NODE : ResumeResult.OTHER_NODE;
    }

    private Future<Void> begin(Hello hello, Identity identity) {
        return router.enter(PeerId.random(), identity.user(), hello.data(), this)
                .map(entered -> {
                    welcome(hello, identity, entered.peer(), entered.token(), Optional.empty());
                    entered.peer().begin();
                    return null;
                });
    }

    private Future<Void> goOn(Hello hello, Identity identity, Router.Resumption resumption) {
        welcome(hello, identity, resumption.peer(), resumption.token(), Optional.of(resumption.resumed()));
        resumption.peer().begin();
        return Future.succeededFuture();
    }

    private void welcome(
            Hello hello, Identity identity, LocalPeer peer, SessionToken token, Optional<Resumed> resumed) {
        Standing standing = standing(identity);
        state = new State.Active(peer, standing);
        LOG.debug("session {} peer={} node={}", resumed.isPresent() ? "resumed" : "begun", this, router.node());
        if (!peer.hasBegun()) {
            facts.peerEntered(dialect);
            peer.gone().onComplete(gone -> facts.peerLeft(dialect));
        }
        boolean told = outlet.push(new ServerMessage.Welcome(
                hello.id(),
                peer.id(),
                peer.user(),
                token,
                resumed,
                standing.iceGrant(peer),
                standing.secondsLeft(),
                node.heartbeatMillis,
                node.limits));
        if (!told) {
            router.suspend(peer);
        }
        node.draining().ifPresent(outlet::push);
    }

    private Standing standing(Identity identity) {
        return new Standing(node, identity, this::expired);
    }

    private void expired() {
        LOG.debug("token expired peer={} node={}", this, router.node());
        refuse(new ServerMessage.Refused(
                Optional.empty(), unauthorized("token: expired (expected: renew before that)"), Optional.empty()));
        outlet.close(CloseReason.UNAUTHORIZED);
    }

    private void answerFailure(ClientMessage message, Throwable failure) {
        if (failure instanceof ResumedElsewhere) {
            outlet.close(CloseReason.RESUMED);
        } else if (failure instanceof Refusal refusal) {
            LOG.debug(
                    "refused peer={} type={} code={}",
                    this,
                    typeOf(message),
                    refusal.code().label());
            refuse(message, refusal);
            if (message instanceof Hello && isUnauthorized(refusal)) {
                waiting.clear();
                outlet.close(CloseReason.UNAUTHORIZED);
            }
        } else {
            LOG.error("request failed peer={} type={}", this, typeOf(message), failure);
            refuse(message, new Refusal(ErrorCode.INTERNAL, "server: a defect"));
            outlet.close(CloseReason.INTERNAL);
        }
    }

    private static String typeOf(ClientMessage message) {
        return message.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    /** What an active peer may ask for. Each future completes when the next request may take effect. */
    private final class Requests implements ClientMessage.Cases<Future<Void>> {
        private final LocalPeer peer;
        private final Standing standing;
        private final Permits permits;
        private final long readNanos;

        Requests(State.Active active, long readNanos) {
            this.peer = active.peer();
            this.standing = active.standing();
            this.permits = standing.permits();
            this.readNanos = readNanos;
        }

        @Override
        public Future<Void> hello(Hello hello) {
            return Future.failedFuture(new Refusal(ErrorCode.BAD_REQUEST, "hello: given twice (expected: once)"));
        }

        @Override
        public Future<Void> join(Join join) {
            return permits.join(join)
                    .compose(permitted ->
                            router.rooms().join(peer, permitted, join.data().or(peer::data)))
                    .onSuccess(joined -> log("joined", join.room()));
        }

        @Override
        public Future<Void> update(Update update) {
            return router.rooms().update(peer, update).onSuccess(updated -> ok(update));
        }

        @Override
        public Future<Void> leave(Leave leave) {
            return router.rooms()
                    .leave(peer, leave)
                    .onSuccess(left -> outlet.push(new ServerMessage.Left(leave.id(), leave.room())))
                    .onSuccess(left -> log("left", leave.room()));
        }

        @Override
        public Future<Void> relay(Relay relay) {
            Optional<Refusal> forbidden = permits.relay(relay);
            if (forbidden.isPresent()) {
                return Future.failedFuture(forbidden.get());
            }
            if (standing.identity().isVouchedFor() && isToStranger(relay.to())) {
                return Router.unreachable();
            }
            return router.relay(peer, relay, readNanos).map(sent -> {
                unacknowledged++;
                sent.acknowledged()
                        .onSuccess(acknowledged -> ok(relay))
                        .onFailure(failure -> answerFailure(relay, failure))
                        .onComplete(answered -> {
                            unacknowledged--;
                            yielded();
                        });
                return null;
            });
        }

        @Override
        public Future<Void> subscribe(Subscribe subscribe) {
            return router.crowds().subscribe(peer, subscribe.topic()).onSuccess(subscribed -> ok(subscribe));
        }

        @Override
        public Future<Void> unsubscribe(Unsubscribe unsubscribe) {
            return router.crowds().unsubscribe(peer, unsubscribe.topic()).onSuccess(gone -> ok(unsubscribe));
        }

        @Override
        public Future<Void> watch(Watch watch) {
            return permits.watch()
                    .compose(permitted -> router.crowds().watch(peer, watch.users()))
                    .onSuccess(watching -> ok(watch));
        }

        @Override
        public Future<Void> unwatch(Unwatch unwatch) {
            return router.crowds().unwatch(peer, unwatch.users()).onSuccess(forgone -> ok(unwatch));
        }

        @Override
        public Future<Void> call(Call call) {
            return permits.call().compose(permitted -> router.calls().call(peer, call));
        }

        @Override
        public Future<Void> accept(Accept accept) {
            return router.calls().accept(peer, accept).onSuccess(accepted -> ok(accept));
        }

        @Override
        public Future<Void> reject(Reject reject) {
            return router.calls().reject(peer, reject).onSuccess(rejected -> ok(reject));
        }

        @Override
        public Future<Void> hangup(Hangup hangup) {
            return router.calls().hangUp(peer, hangup).onSuccess(ended -> ok(hangup));
        }

        @Override
        public Future<Void> renew(Renew renew) {
            return node.authenticator
                    .identify(peer.user(), Optional.of(renew.token()))
                    .compose(identity -> {
                        if (!identity.user().equals(peer.user())) {
                            return Future.failedFuture(
                                    unauthorized("token: another user's (expected: the same user as before)"));
                        }
                        standing.end();
                        Standing renewed = standing(identity);
                        state = new State.Active(peer, renewed);
                        renew.id().ifPresent(id -> outlet.push(new ServerMessage.Renewed(id, renewed.secondsLeft())));
                        return Future.succeededFuture();
                    });
        }

        @Override
        public Future<Void> ping(Ping ping) {
            outlet.push(new ServerMessage.Pong(ping.id()));
            return Future.succeededFuture();
        }

        @Override
        public Future<Void> ice(Ice request) {
            outlet.push(new ServerMessage.IceServers(request.id(), standing.iceGrant(peer)));
            return Future.succeededFuture();
        }

        private boolean isToStranger(Address address) {
            return address.match(to -> !router.knows(peer, to.peer()), group -> false);
        }

        private void log(String what, Name room) {
            LOG.atDebug()
                    .setMessage(what + " peer={} node={} room={}")
                    .addArgument(peer.id())
                    .addArgument(router.node())
                    .addArgument(room::fingerprint)
                    .log();
        }

        private void ok(ClientMessage request) {
            request.id().ifPresent(id -> outlet.push(new ServerMessage.Ok(id)));
        }
    }
}
