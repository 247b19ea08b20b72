package io.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.protocol.CallOutcome;
import io.heliograph.protocol.CloseReason;
import io.heliograph.protocol.ConnectionRefusal;
import io.heliograph.protocol.DialectName;
import io.heliograph.protocol.DirectoryOperation;
import io.heliograph.protocol.DropReason;
import io.heliograph.protocol.ErrorCode;
import io.heliograph.protocol.JoinResult;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.RelayPath;
import io.heliograph.protocol.RelayType;
import io.heliograph.protocol.ResumeResult;
import io.heliograph.protocol.WebhookResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class MetricsTest {
    private final Metrics metrics = new Metrics();

    @Test
    void everySeriesIsThereAtZeroAndThereIsOneForEachValueOfAnEnum() {
        var expected = new TreeSet<String>();
        for (var dialect : DialectName.values()) {
            expected.add("heliograph_peers{dialect=\"%s\"}".formatted(dialect.label()));
        }
        for (var path : RelayPath.values()) {
            for (var type : RelayType.values()) {
                expected.add("heliograph_relayed_total{path=\"%s\",type=\"%s\"}".formatted(path.label(), type.label()));
            }
            for (var suffix : Set.of("count", "sum", "max")) {
                expected.add("heliograph_relay_seconds_%s{path=\"%s\"}".formatted(suffix, path.label()));
            }
        }
        for (var result : JoinResult.values()) {
            expected.add("heliograph_joins_total{result=\"%s\"}".formatted(result.label()));
        }
        for (var result : ResumeResult.values()) {
            expected.add("heliograph_resumes_total{result=\"%s\"}".formatted(result.label()));
        }
        for (var code : ErrorCode.values()) {
            expected.add("heliograph_errors_total{code=\"%s\"}".formatted(code.label()));
        }
        for (var reason : ConnectionRefusal.values()) {
            expected.add("heliograph_connections_refused_total{reason=\"%s\"}".formatted(reason.label()));
        }
        for (var reason : CloseReason.values()) {
            expected.add("heliograph_closes_total{code=\"%d\"}".formatted(reason.code()));
        }
        for (var reason : DropReason.values()) {
            expected.add("heliograph_drops_total{reason=\"%s\"}".formatted(reason.label()));
        }
        for (var operation : DirectoryOperation.values()) {
            expected.add("heliograph_directory_failures_total{operation=\"%s\"}".formatted(operation.label()));
            for (var suffix : Set.of("count", "sum", "max")) {
                expected.add("heliograph_directory_seconds_%s{operation=\"%s\"}".formatted(suffix, operation.label()));
            }
        }
        for (var suffix : Set.of("count", "sum", "max")) {
            expected.add("heliograph_link_seconds_" + suffix);
        }
        for (var suffix : Set.of("count", "sum", "max")) {
            expected.add("heliograph_event_loop_lag_seconds_" + suffix);
        }
        for (var result : WebhookResult.values()) {
            for (var suffix : Set.of("count", "sum", "max")) {
                expected.add("heliograph_webhook_seconds_%s{result=\"%s\"}".formatted(suffix, result.label()));
            }
        }
        for (var outcome : CallOutcome.values()) {
            expected.add("heliograph_calls_total{outcome=\"%s\"}".formatted(outcome.label()));
        }
        expected.add("heliograph_connections");
        expected.add("heliograph_outbox_bytes");
        expected.add("heliograph_outbox_age_seconds");
        expected.add("heliograph_draining");
        expected.add("heliograph_drain_remaining_peers");
        expected.add("heliograph_link_failures_total");
        expected.add("heliograph_link_pending");
        expected.add("heliograph_roster_repairs_total");
        expected.add("heliograph_sessions_given_up_total");
        expected.add("heliograph_rooms");
        expected.add("heliograph_cluster_nodes");

        var series = series();
        series.keySet().removeIf(name -> name.contains("_seconds_bucket"));
        assertEquals(expected, new TreeSet<>(series.keySet()));
        assertEquals(Set.of(0.0), Set.copyOf(series.values()));
    }

    @Test
    void relaysAreMeasuredFromFiftyMicrosecondsToOneSecond() {
        metrics.facts().relayTook(RelayPath.REMOTE, 60_000);
        var series = series();
        assertEquals(0, series.get("heliograph_relay_seconds_bucket{path=\"remote\",le=\"5.0E-5\"}"));
        assertEquals(1, series.get("heliograph_relay_seconds_bucket{path=\"remote\",le=\"1.0E-4\"}"));
        assertEquals(1, series.get("heliograph_relay_seconds_bucket{path=\"remote\",le=\"1.0\"}"));
        assertEquals(0, series.get("heliograph_relay_seconds_bucket{path=\"local\",le=\"+Inf\"}"));
        assertEquals(0.000_06, series.get("heliograph_relay_seconds_sum{path=\"remote\"}"));
    }

    @Test
    void answersAreMeasuredAndFailuresCountedApart() {
        var facts = metrics.facts();
        facts.directoryAnswered(DirectoryOperation.FIND, true, 3_000_000);
        facts.directoryAnswered(DirectoryOperation.FIND, false, 2_000_000_000);
        facts.nodeAsked();
        facts.nodeAsked();
        facts.nodeAsked();
        facts.nodeAnswered(true, 400_000);
        facts.nodeAnswered(false, 2_000_000_000);
        var series = series();
        assertEquals(0.003, series.get("heliograph_directory_seconds_sum{operation=\"find\"}"));
        assertEquals(0, series.get("heliograph_directory_seconds_count{operation=\"replace\"}"));
        assertEquals(1, series.get("heliograph_directory_failures_total{operation=\"find\"}"));
        assertEquals(0, series.get("heliograph_link_seconds_bucket{le=\"2.5E-4\"}"));
        assertEquals(1, series.get("heliograph_link_seconds_bucket{le=\"5.0E-4\"}"));
        assertEquals(1, series.get("heliograph_link_seconds_count"));
        assertEquals(1, series.get("heliograph_link_failures_total"));
        assertEquals(1, series.get("heliograph_link_pending"));
    }

    @Test
    void everyFactMovesItsSeriesAndNoOther() {
        var facts = metrics.facts();
        facts.connected();
        facts.connected();
        facts.connected();
        facts.peerEntered(DialectName.V1);
        facts.peerEntered(DialectName.V1);
        facts.peerLeft(DialectName.V1);
        facts.relayed(RelayType.OFFER, RelayPath.LOCAL);
        facts.joinEnded(JoinResult.ROOM_FULL);
        facts.resumeEnded(ResumeResult.OVER);
        facts.callEnded(CallOutcome.NO_ANSWER);
        facts.outboxGrew(100);
        facts.outboxGrew(-30);
        facts.refused(ErrorCode.BAD_FRAME);
        facts.closed(CloseReason.HELLO_TIMEOUT);
        facts.closed(CloseReason.RATE);
        facts.dropped(DropReason.OVERFLOW);
        facts.rosterRepaired();
        metrics.clusterNodes(() -> 3);
        metrics.draining(() -> true);
        metrics.outboxAge(() -> 2_500_000_000L);

        var moved = series();
        moved.values().removeIf(value -> value == 0);
        assertEquals(
                "{heliograph_calls_total{outcome=\"no-answer\"}=1.0,"
                        + " heliograph_closes_total{code=\"1008\"}=2.0, heliograph_cluster_nodes=3.0,"
                        + " heliograph_connections=1.0, heliograph_drain_remaining_peers=1.0, heliograph_draining=1.0,"
                        + " heliograph_drops_total{reason=\"overflow\"}=1.0, heliograph_errors_total{code=\"bad-frame\"}=1.0,"
                        + " heliograph_joins_total{result=\"room-full\"}=1.0,"
                        + " heliograph_outbox_age_seconds=2.5, heliograph_outbox_bytes=70.0, heliograph_peers{dialect=\"v1\"}=1.0,"
                        + " heliograph_relayed_total{path=\"local\",type=\"offer\"}=1.0,"
                        + " heliograph_resumes_total{result=\"over\"}=1.0, heliograph_roster_repairs_total=1.0}",
                moved.toString());
    }

    @Test
    void answersOfTheApplicationAreMeasuredByWhatTheySay() {
        metrics.facts().webhookAnswered(WebhookResult.DENIED, 3_000_000);
        metrics.facts().webhookAnswered(WebhookResult.FAILED, 5_000_000_000L);
        var series = series();
        assertEquals(0.003, series.get("heliograph_webhook_seconds_sum{result=\"denied\"}"));
        assertEquals(0, series.get("heliograph_webhook_seconds_bucket{result=\"failed\",le=\"2.5\"}"));
        assertEquals(1, series.get("heliograph_webhook_seconds_bucket{result=\"failed\",le=\"5.0\"}"));
        assertEquals(0, series.get("heliograph_webhook_seconds_count{result=\"allowed\"}"));
    }

    @Test
    void whatRunsIsSaidInLabels() {
        metrics.describe("1.2.3", "0badcafe");
        var series = series();
        assertEquals(1, series.get("heliograph_configuration_info{hash=\"0badcafe\"}"));
        assertEquals(
                1, series.get("heliograph_build_info{java=\"%s\",version=\"1.2.3\"}".formatted(Runtime.version())));
    }

    @Test
    void aRoomOnTwoNodesOfAProcessCountsOnce() {
        var facts = metrics.facts();
        facts.roomOpened(new Name("a"));
        facts.roomOpened(new Name("a"));
        facts.roomOpened(new Name("b"));
        assertEquals(2, series().get("heliograph_rooms"));
        facts.roomClosed(new Name("a"));
        assertEquals(2, series().get("heliograph_rooms"));
        facts.roomClosed(new Name("a"));
        assertEquals(1, series().get("heliograph_rooms"));
        facts.roomClosed(new Name("b"));
        facts.roomClosed(new Name("b"));
        assertEquals(0, series().get("heliograph_rooms"));
    }

    @Test
    void everySeriesSaysWhatItIs() {
        var lines = metrics.scrape().lines().toList();
        var typed = lines.stream()
                .filter(line -> line.startsWith("# TYPE heliograph_"))
                .map(line -> line.split(" ", 4)[2])
                .collect(Collectors.toSet());
        assertEquals(26, typed.stream().filter(name -> !name.endsWith("_max")).count());
        for (var name : typed) {
            assertTrue(lines.stream().anyMatch(line -> line.matches("# HELP " + name + " \\S.*")), name);
        }
    }

    @Test
    void everySeriesIsDocumentedAndNoOther() throws IOException {
        metrics.describe("1.2.3", "0badcafe");
        var known = metrics.scrape()
                .lines()
                .filter(line -> line.startsWith("# TYPE heliograph_") && !line.contains("_max "))
                .map(line -> line.split(" ", 4)[2])
                .collect(Collectors.toCollection(TreeSet::new));
        var row = Pattern.compile("^\\| `(heliograph_\\w+)", Pattern.MULTILINE);
        var documented = row.matcher(Files.readString(Path.of("src/docs/operations.md")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(known, documented);
    }

    @Test
    void severalMetricsDoNotShareSeries() {
        new Metrics().facts().refused(ErrorCode.BAD_FRAME);
        assertEquals(0, series().get("heliograph_errors_total{code=\"bad-frame\"}"));
        assertFalse(series().isEmpty());
    }

    /** Our own series, by name and labels. */
    private SortedMap<String, Double> series() {
        return Arrays.stream(metrics.scrape().split("\n", -1))
                .filter(line -> line.startsWith("heliograph_"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.lastIndexOf(' ')),
                        line -> Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)),
                        (one, other) -> one,
                        TreeMap::new));
    }
}
