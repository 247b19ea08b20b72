package io.heliograph.it.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Everything that came from somewhere, in order, to be looked through or waited for. From any thread. */
public final class Recording<T> {

    private record Waiting<T>(Predicate<? super T> wanted, CompletableFuture<T> found) {}

    private final List<T> items = new ArrayList<>();
    private final List<Waiting<T>> waitings = new ArrayList<>();
    private Consumer<T> follower = item -> {};

    void add(T item) {
        List<Waiting<T>> satisfied = new ArrayList<>();
        synchronized (this) {
            follower.accept(item);
            items.add(item);
            for (Waiting<T> waiting : waitings) {
                if (waiting.wanted.test(item)) {
                    satisfied.add(waiting);
                }
            }
            waitings.removeAll(satisfied);
        }
        satisfied.forEach(waiting -> waiting.found.complete(item));
    }

    /** Has {@code follower} told of everything, what has come already included, in order; of one at a time. */
    synchronized void follow(Consumer<T> each) {
        items.forEach(each);
        follower = each;
    }

    /** The first item that is as wanted, be it there already or still to come. */
    public CompletableFuture<T> first(Predicate<? super T> wanted) {
        synchronized (this) {
            for (T item : items) {
                if (wanted.test(item)) {
                    return CompletableFuture.completedFuture(item);
                }
            }
            Waiting<T> waiting = new Waiting<>(wanted, new CompletableFuture<>());
            waitings.add(waiting);
            return waiting.found;
        }
    }

    /** Waits for the first item that is as wanted; {@code what} is for the report. */
    public T await(Duration limit, String what, Predicate<? super T> wanted) {
        try {
            return Await.within(limit, first(wanted), what);
        } catch (AssertionError error) {
            throw new AssertionError(error.getMessage() + "; the last that came: " + tail(), error);
        }
    }

    /** All that came so far. */
    public synchronized List<T> all() {
        return List.copyOf(items);
    }

    public List<T> all(Predicate<? super T> wanted) {
        return all().stream().filter(wanted).toList();
    }

    /** The last few, for reports. */
    public synchronized String tail() {
        return items.subList(Math.max(0, items.size() - 10), items.size()).toString();
    }
}
