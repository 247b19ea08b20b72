package io.heliograph.metrics;

import io.heliograph.protocol.CallOutcome;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ConnectionRefusal;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.DirectoryOperation;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.Facts;
import io.heliograph.protocol.JoinResult;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.ResumeResult;
import io.heliograph.protocol.WebhookResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Counts facts as Micrometer's meters. Every series is there, at 0, from the start; labels come from the enums of
 * {@code protocol} only, so nothing a client sends can add one.
 */
public final class MicrometerFacts implements Facts {
    private static final Duration[] RELAY_BUCKETS = micros(
            50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000);
    /** After 2 s an answer is waited for no more. */
    private static final Duration[] ANSWER_BUCKETS = micros(
            250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_000_000);
    /** {@code auth.webhook.timeout} is at most 8 s. */
    private static final Duration[] WEBHOOK_BUCKETS = micros(
            1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000,
            8_000_000);

    // Set once.
    private final MeterRegistry registry;
    private final PerValue<DialectName, AtomicInteger> peers;
    private final PerValue<RelayType, PerValue<RelayPath, Counter>> relayed;
    private final PerValue<RelayPath, Timer> relaySeconds;
    private final PerValue<JoinResult, Counter> joins;
    private final PerValue<ResumeResult, Counter> resumes;
    private final PerValue<CallOutcome, Counter> calls;
    private final PerValue<WebhookResult, Timer> webhookSeconds;
    private final PerValue<ErrorCode, Counter> errors;
    private final PerValue<ConnectionRefusal, Counter> refusedConnections;
    private final PerValue<CloseReason, Counter> closes;
    private final PerValue<DropReason, Counter> drops;
    private final PerValue<DirectoryOperation, Timer> directorySeconds;
    private final PerValue<DirectoryOperation, Counter> directoryFailures;
    private final Timer linkSeconds;
    private final Counter linkFailures;
    private final Counter rosterRepairs;
    private final Counter sessionsGivenUp;
    private final Timer eventLoopLag;

    // Shared: any thread.
    private final AtomicInteger connections = new AtomicInteger();
    private final LongAdder outboxBytes = new LongAdder();
    private final AtomicInteger unanswered = new AtomicInteger();
    /** How many nodes of this process have members of a room; a room without any is not there. */
    private final ConcurrentHashMap<Name, Integer> nodesByRoom = new ConcurrentHashMap<>();

    /** Registers all series in {@code registry}. */
    public MicrometerFacts(MeterRegistry registry) {
        this.registry = registry;
        peers = new PerValue<>(DialectName.class, this::peerGauge);
        relayed = new PerValue<>(
                RelayType.class, type -> new PerValue<>(RelayPath.class, path -> relayCounter(type, path)));
        relaySeconds = new PerValue<>(RelayPath.class, this::relayTimer);
        joins = new PerValue<>(
                JoinResult.class,
                result -> counter("joins", "Attempts to join a room, by how they ended", "result", result.label()));
        resumes = new PerValue<>(
                ResumeResult.class,
                result -> counter(
                        "resumes", "Clients that showed a session's token, by result", "result", result.label()));
        calls = new PerValue<>(
                CallOutcome.class,
                outcome -> counter("calls", "Calls that are over, by how they ended", "outcome", outcome.label()));
        webhookSeconds = new PerValue<>(
                WebhookResult.class,
                result -> Timer.builder("heliograph.webhook")
                        .description("Answers of the application's endpoint about clients, by result")
                        .tag("result", result.label())
                        .serviceLevelObjectives(WEBHOOK_BUCKETS)
                        .register(registry));
        errors = new PerValue<>(
                ErrorCode.class, code -> counter("errors", "Requests refused, by error code", "code", code.label()));
        refusedConnections = new PerValue<>(
                ConnectionRefusal.class,
                reason -> counter(
                        "connections.refused", "Connections that were not taken, by reason", "reason", reason.label()));
        closes = new PerValue<>(
                CloseReason.class,
                reason -> counter(
                        "closes",
                        "Connections ended, by close code; 1006 is one that broke",
                        "code",
                        Integer.toString(reason.code())));
        drops = new PerValue<>(
                DropReason.class,
                reason -> counter("drops", "Frames given up on their way, by reason", "reason", reason.label()));
        directorySeconds = new PerValue<>(
                DirectoryOperation.class,
                operation -> answerTimer("directory", "Answers of the directory")
                        .tag("operation", operation.label())
                        .register(registry));
        directoryFailures = new PerValue<>(
                DirectoryOperation.class,
                operation -> counter(
                        "directory.failures",
                        "Questions to the directory that failed",
                        "operation",
                        operation.label()));
        linkSeconds = answerTimer("link", "Answers of other nodes").register(registry);
        linkFailures = Counter.builder("heliograph.link.failures")
                .description("Questions to other nodes that were not answered")
                .register(registry);
        rosterRepairs = Counter.builder("heliograph.roster.repairs")
                .description("Rooms in which another node's members were not those known here")
                .register(registry);
        sessionsGivenUp = Counter.builder("heliograph.sessions.given.up")
                .description("Sessions away that were given up before their time, for want of room")
                .register(registry);
        eventLoopLag = answerTimer("event.loop.lag", "How late an event loop did what was due every second")
                .register(registry);
        Gauge.builder("heliograph.connections", connections, AtomicInteger::get)
                .description("Connections of clients that are open")
                .register(registry);
        Gauge.builder("heliograph.outbox", outboxBytes, LongAdder::sum)
                .baseUnit("bytes")
                .description("What waits for clients to read it, as it is in memory")
                .register(registry);
        Gauge.builder("heliograph.link.pending", unanswered, AtomicInteger::get)
                .description("Questions to other nodes that wait for an answer")
                .register(registry);
        Gauge.builder("heliograph.rooms", nodesByRoom, ConcurrentHashMap::mappingCount)
                .description("Rooms with a member on this process")
                .register(registry);
    }

    @Override
    public void connected() {
        connections.incrementAndGet();
    }

    @Override
    public void peerEntered(DialectName dialect) {
        peers.get(dialect).incrementAndGet();
    }

    @Override
    public void peerLeft(DialectName dialect) {
        peers.get(dialect).decrementAndGet();
    }

    /** How many there are, whatever their dialect. */
    int peers() {
        return Arrays.stream(DialectName.values())
                .mapToInt(dialect -> peers.get(dialect).get())
                .sum();
    }

    @Override
    public void roomOpened(Name room) {
        nodesByRoom.merge(room, 1, Integer::sum);
    }

    @Override
    public void roomClosed(Name room) {
        nodesByRoom.computeIfPresent(room, (name, nodes) -> nodes > 1 ? nodes - 1 : null);
    }

    @Override
    public void relayed(RelayType type, RelayPath path) {
        relayed.get(type).get(path).increment();
    }

    @Override
    public void relayTook(RelayPath path, long nanos) {
        relaySeconds.get(path).record(Duration.ofNanos(nanos));
    }

    @Override
    public void joinEnded(JoinResult result) {
        joins.get(result).increment();
    }

    @Override
    public void sessionGivenUp() {
        sessionsGivenUp.increment();
    }

    @Override
    public void resumeEnded(ResumeResult result) {
        resumes.get(result).increment();
    }

    @Override
    public void callEnded(CallOutcome outcome) {
        calls.get(outcome).increment();
    }

    @Override
    public void webhookAnswered(WebhookResult result, long nanos) {
        webhookSeconds.get(result).record(Duration.ofNanos(nanos));
    }

    @Override
    public void refused(ErrorCode code) {
        errors.get(code).increment();
    }

    @Override
    public void connectionRefused(ConnectionRefusal reason) {
        refusedConnections.get(reason).increment();
    }

    @Override
    public void closed(CloseReason reason) {
        connections.decrementAndGet();
        closes.get(reason).increment();
    }

    @Override
    public void dropped(DropReason reason) {
        drops.get(reason).increment();
    }

    @Override
    public void outboxGrew(int bytes) {
        outboxBytes.add(bytes);
    }

    @Override
    public void directoryAnswered(DirectoryOperation operation, boolean succeeded, long nanos) {
        if (succeeded) {
            directorySeconds.get(operation).record(Duration.ofNanos(nanos));
        } else {
            directoryFailures.get(operation).increment();
        }
    }

    @Override
    public void nodeAsked() {
        unanswered.incrementAndGet();
    }

    @Override
    public void nodeAnswered(boolean succeeded, long nanos) {
        unanswered.decrementAndGet();
        if (succeeded) {
            linkSeconds.record(Duration.ofNanos(nanos));
        } else {
            linkFailures.increment();
        }
    }

    @Override
    public void eventLoopLate(long nanos) {
        eventLoopLag.record(Duration.ofNanos(nanos));
    }

    @Override
    public void rosterRepaired() {
        rosterRepairs.increment();
    }

    private AtomicInteger peerGauge(DialectName dialect) {
        var count = new AtomicInteger();
        Gauge.builder("heliograph.peers", count, AtomicInteger::get)
                .description("Peers whose connection is on this process")
                .tag("dialect", dialect.label())
                .register(registry);
        return count;
    }

    private Counter relayCounter(RelayType type, RelayPath path) {
        return Counter.builder("heliograph.relayed")
                .description("Relays accepted from peers of this process")
                .tag("type", type.label())
                .tag("path", path.label())
                .register(registry);
    }

    private Timer relayTimer(RelayPath path) {
        return Timer.builder("heliograph.relay")
                .description("From a relay's frame read to it written, on this node")
                .tag("path", path.label())
                .serviceLevelObjectives(RELAY_BUCKETS)
                .register(registry);
    }

    private static Timer.Builder answerTimer(String name, String description) {
        return Timer.builder("heliograph." + name).description(description).serviceLevelObjectives(ANSWER_BUCKETS);
    }

    private static Duration[] micros(int... micros) {
        return IntStream.of(micros)
                .mapToObj(each -> Duration.ofNanos(each * 1_000L))
                .toArray(Duration[]::new);
    }

    private Counter counter(String name, String description, String label, String value) {
        return Counter.builder("heliograph." + name)
                .description(description)
                .tag(label, value)
                .register(registry);
    }

    /** One meter for each value of an enum. */
    private static final class PerValue<E extends Enum<E>, M> {
        private final EnumMap<E, M> meters;

        PerValue(Class<E> values, Function<E, M> meter) {
            meters = new EnumMap<>(values);
            Arrays.stream(values.getEnumConstants()).forEach(value -> meters.put(value, meter.apply(value)));
        }

        M get(E value) {
            return Objects.requireNonNull(meters.get(value));
        }
    }
}
