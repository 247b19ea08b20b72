package io.heliograph.cluster;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.routing.Directory;
import io.heliograph.routing.GroupEntry;
import io.heliograph.routing.SessionRecord;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.shareddata.AsyncMap;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The directory in Vert.x's shared maps, clustered or not. Values are text or buffers: the local map compares by equality,
 * Hazelcast by bytes, and both agree on these. Nothing has a time to live, since a replaced value would lose it.
 */
public final class MapDirectory implements Directory {
    private static final int OPERATIONS_MAX = 24;
    private static final long OPERATION_NANOS_MAX = 2_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final char KIND_END = ':';

    // Set once.
    private final Vertx vertx;
    private final AsyncMap<String, Buffer> sessions;
    private final AsyncMap<String, String> groups;

    // Owned by the node's context. Each operation occupies a worker thread, so only so many are under way.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int underWay;
    private Optional<Future<Contents>> reading = Optional.empty();

    MapDirectory(Vertx vertx, AsyncMap<String, Buffer> sessions, AsyncMap<String, String> groups) {
        this.vertx = vertx;
        this.sessions = sessions;
        this.groups = groups;
    }

    /** The directory of {@code vertx}, for the use of one node. */
    public static Future<MapDirectory> open(Vertx vertx) {
        Future<AsyncMap<String, Buffer>> sessions = vertx.sharedData().getAsyncMap("heliograph.sessions");
        Future<AsyncMap<String, String>> groups = vertx.sharedData().getAsyncMap("heliograph.groups");
        return Future.all(sessions, groups).map(opened -> new MapDirectory(vertx, sessions.result(), groups.result()));
    }

    @Override
    public Future<Optional<SessionRecord>> findSession(PeerId peer) {
        return run(() -> sessions.get(peer.value()))
                .map(bytes -> Optional.ofNullable(bytes).map(SessionRecordBytes::parse));
    }

    @Override
    public Future<Boolean> replaceSession(PeerId peer, Optional<SessionRecord> expected, Optional<SessionRecord> next) {
        return replace(
                sessions, peer.value(), expected.map(SessionRecordBytes::write), next.map(SessionRecordBytes::write));
    }

    @Override
    public Future<Map<PeerId, SessionRecord>> sessionsOn(NodeId node) {
        return run(sessions::entries).compose(all -> vertx.executeBlocking(() -> parse(all, node), false));
    }

    private static Map<PeerId, SessionRecord> parse(Map<String, Buffer> all, NodeId node) {
        Map<PeerId, SessionRecord> there = new HashMap<>();
        all.forEach((peer, bytes) -> {
            SessionRecord record = SessionRecordBytes.parse(bytes);
            if (record.node().equals(node)) {
                there.put(new PeerId(peer), record);
            }
        });
        return there;
    }

    @Override
    public Future<Optional<GroupEntry>> findGroup(Group group) {
        return run(() -> groups.get(key(group)))
                .map(text -> Optional.ofNullable(text).map(GroupEntryText::parse));
    }

    @Override
    public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
        return replace(groups, key(group), expected.map(GroupEntryText::write), next.map(GroupEntryText::write));
    }

    private <V> Future<Boolean> replace(AsyncMap<String, V> map, String key, Optional<V> expected, Optional<V> next) {
        return run(() -> {
            if (expected.isEmpty()) {
                return next.isEmpty()
                        ? map.get(key).map(found -> found == null)
                        : map.putIfAbsent(key, next.get()).map(found -> found == null);
            }
            return next.isEmpty()
                    ? map.removeIfPresent(key, expected.get())
                    : map.replaceIfPresent(key, expected.get(), next.get());
        });
    }

    /** Of those who ask while it is read, and be it for long, all get what is read. */
    @Override
    public Future<Contents> contents() {
        Future<Contents> read = reading.orElseGet(this::readAll);
        if (!read.isComplete()) {
            reading = Optional.of(read);
        }
        return read.timeout(OPERATION_NANOS_MAX, TimeUnit.NANOSECONDS);
    }

    /** Occupies worker threads until it ends, also where nobody waits for it any more. */
    private Future<Contents> readAll() {
        Future<Map<String, Buffer>> allSessions = sessions.entries();
        Future<Map<String, String>> allGroups = groups.entries();
        return Future.join(allSessions, allGroups)
                .compose(read -> vertx.executeBlocking(() -> parse(allSessions.result(), allGroups.result()), false))
                .onComplete(ended -> reading = Optional.empty());
    }

    private static Contents parse(Map<String, Buffer> sessions, Map<String, String> groups) {
        Map<PeerId, SessionRecord> peers = new HashMap<>();
        sessions.forEach((peer, bytes) -> peers.put(new PeerId(peer), SessionRecordBytes.parse(bytes)));
        Map<Group, GroupEntry> entries = new HashMap<>();
        groups.forEach((key, text) -> entries.put(groupOf(key), GroupEntryText.parse(text)));
        return new Contents(peers, entries);
    }

    private static String key(Group group) {
        return group.kind().label() + KIND_END + group.name();
    }

    private static Group groupOf(String key) {
        int end = key.indexOf(KIND_END);
        String label = key.substring(0, end);
        for (GroupKind kind : GroupKind.values()) {
            if (kind.label().equals(label)) {
                return new Group(kind, Name.parse(key.substring(end + 1)));
            }
        }
        throw new IllegalArgumentException("group kind: " + label + " (expected: one of ours)");
    }

    private <T> Future<T> run(Supplier<Future<T>> operation) {
        Promise<T> promise = Promise.promise();
        long deadlineNanos = System.nanoTime() + OPERATION_NANOS_MAX;
        waiting.add(() -> {
            long remainingNanos = deadlineNanos - System.nanoTime();
            if (remainingNanos < NANOS_PER_MILLI) {
                promise.fail("directory: too much under way");
                return;
            }
            underWay++;
            operation.get().timeout(remainingNanos, TimeUnit.NANOSECONDS).onComplete(done -> {
                underWay--;
                promise.handle(done);
                beginWaiting();
            });
        });
        beginWaiting();
        return promise.future();
    }

    private void beginWaiting() {
        while (underWay < OPERATIONS_MAX && !waiting.isEmpty()) {
            waiting.remove().run();
        }
    }
}
