package io.heliograph.cluster;

import io.heliograph.protocol.Group;
import io.heliograph.protocol.GroupKind;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.heliograph.routing.Directory;
import io.heliograph.routing.GroupEntry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The directory in Vert.x's shared maps, clustered or not. Values are text: the local map compares by equality, Hazelcast by
 * bytes, and both agree on text. Nothing has a time to live, since a replaced value would lose it.
 */
public final class MapDirectory implements Directory {
    private static final int OPERATIONS_MAX = 24;
    private static final long OPERATION_NANOS_MAX = 2_000_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    private static final char KIND_END = ':';

    // Set once.
    private final AsyncMap<String, String> sessions;
    private final AsyncMap<String, String> groups;

    // Owned by the node's context. Each operation occupies a worker thread, so only so many are under way.
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private int underWay;

    private MapDirectory(AsyncMap<String, String> sessions, AsyncMap<String, String> groups) {
        this.sessions = sessions;
        this.groups = groups;
    }

    /** The directory of {@code vertx}, for the use of one node. */
    public static Future<MapDirectory> open(Vertx vertx) {
        Future<AsyncMap<String, String>> sessions = vertx.sharedData().getAsyncMap("heliograph.sessions");
        Future<AsyncMap<String, String>> groups = vertx.sharedData().getAsyncMap("heliograph.groups");
        return Future.all(sessions, groups).map(opened -> new MapDirectory(sessions.result(), groups.result()));
    }

    @Override
    public Future<Void> putSession(PeerId peer, NodeId node) {
        return run(() -> sessions.put(peer.value(), node.toString()));
    }

    @Override
    public Future<Optional<NodeId>> findSession(PeerId peer) {
        return run(() -> sessions.get(peer.value()))
                .map(node -> Optional.ofNullable(node).map(NodeId::parse));
    }

    @Override
    public Future<Void> removeSession(PeerId peer, NodeId node) {
        return run(() -> sessions.removeIfPresent(peer.value(), node.toString()))
                .mapEmpty();
    }

    @Override
    public Future<Optional<GroupEntry>> findGroup(Group group) {
        return run(() -> groups.get(key(group)))
                .map(text -> Optional.ofNullable(text).map(GroupEntryText::parse));
    }

    @Override
    public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
        String key = key(group);
        return run(() -> {
            if (expected.isEmpty()) {
                return next.isEmpty()
                        ? groups.get(key).map(found -> found == null)
                        : groups.putIfAbsent(key, GroupEntryText.write(next.get()))
                                .map(found -> found == null);
            }
            String before = GroupEntryText.write(expected.get());
            return next.isEmpty()
                    ? groups.removeIfPresent(key, before)
                    : groups.replaceIfPresent(key, before, GroupEntryText.write(next.get()));
        });
    }

    @Override
    public Future<Contents> contents() {
        Future<Map<String, String>> allSessions = sessions.entries();
        Future<Map<String, String>> allGroups = groups.entries();
        return Future.all(allSessions, allGroups).map(read -> {
            Map<PeerId, NodeId> peers = new HashMap<>();
            allSessions.result().forEach((peer, node) -> peers.put(new PeerId(peer), NodeId.parse(node)));
            Map<Group, GroupEntry> entries = new HashMap<>();
            allGroups.result().forEach((key, text) -> entries.put(groupOf(key), GroupEntryText.parse(text)));
            return new Contents(peers, entries);
        });
    }

    private static String key(Group group) {
        return group.kind().label() + KIND_END + group.name();
    }

    private static Group groupOf(String key) {
        int end = key.indexOf(KIND_END);
        String label = key.substring(0, end);
        for (GroupKind kind : GroupKind.values()) {
            if (kind.label().equals(label)) {
                return new Group(kind, new Name(key.substring(end + 1)));
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
