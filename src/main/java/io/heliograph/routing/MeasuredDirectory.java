package io.heliograph.routing;

import io.heliograph.protocol.DirectoryOperation;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.NodeId;
import io.heliograph.protocol.PeerId;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Tells how long each answer of a directory took. */
final class MeasuredDirectory implements Directory {
    private final Directory directory;
    private final Facts facts;

    MeasuredDirectory(Directory directory, Facts facts) {
        this.directory = directory;
        this.facts = facts;
    }

    @Override
    public Future<Optional<SessionRecord>> findSession(PeerId peer) {
        return measured(DirectoryOperation.FIND, () -> directory.findSession(peer));
    }

    @Override
    public Future<Boolean> replaceSession(PeerId peer, Optional<SessionRecord> expected, Optional<SessionRecord> next) {
        return measured(DirectoryOperation.REPLACE, () -> directory.replaceSession(peer, expected, next));
    }

    @Override
    public Future<Map<PeerId, SessionRecord>> sessionsOn(NodeId node) {
        return measured(DirectoryOperation.LIST, () -> directory.sessionsOn(node));
    }

    @Override
    public Future<Optional<GroupEntry>> findGroup(Group group) {
        return measured(DirectoryOperation.FIND, () -> directory.findGroup(group));
    }

    @Override
    public Future<Boolean> replaceGroup(Group group, Optional<GroupEntry> expected, Optional<GroupEntry> next) {
        return measured(DirectoryOperation.REPLACE, () -> directory.replaceGroup(group, expected, next));
    }

    @Override
    public Future<Contents> contents() {
        return measured(DirectoryOperation.LIST, directory::contents);
    }

    private <T> Future<T> measured(DirectoryOperation operation, Supplier<Future<T>> question) {
        long asked = System.nanoTime();
        return question.get()
                .onComplete(
                        answer -> facts.directoryAnswered(operation, answer.succeeded(), System.nanoTime() - asked));
    }
}
