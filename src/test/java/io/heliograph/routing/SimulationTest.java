package io.heliograph.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.heliograph.routing.Scenario.Trouble;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Clusters in virtual time, under random load. {@code -Dheliograph.simulation.seeds=10000} plays more of them, {@code
 * -Dheliograph.simulation.first=4711} begins with another.
 */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("heliograph.simulation.seeds", 100);
    private static final int WINDOW_SECONDS = 20;
    private static final int FIRST = Integer.getInteger("heliograph.simulation.first", 1);

    static Stream<Arguments> conditions() {
        return Stream.of(
                Arguments.of("calm", Weather.CALM, Trouble.NONE),
                Arguments.of("uneven delays", Weather.UNEVEN, Trouble.NONE),
                Arguments.of("late answers", Weather.SLOW, Trouble.NONE),
                Arguments.of("lost messages", Weather.LOSSY, Trouble.NONE),
                Arguments.of("a failing directory", Weather.FAILING_DIRECTORY, Trouble.NONE),
                Arguments.of("many lost messages", Weather.DEAF, Trouble.NONE),
                Arguments.of("a lagging directory", Weather.LAGGING_DIRECTORY, Trouble.NONE),
                Arguments.of("a storm", Weather.STORM, Trouble.NONE),
                Arguments.of("dying nodes", Weather.CALM, Trouble.DEATH),
                Arguments.of("dying nodes and uneven delays", Weather.UNEVEN, Trouble.DEATH),
                Arguments.of("dying nodes in a storm", Weather.STORM, Trouble.DEATH),
                Arguments.of("a node that freezes and comes back", Weather.CALM, Trouble.FREEZE),
                Arguments.of("a node that freezes in a storm", Weather.STORM, Trouble.FREEZE),
                Arguments.of("two nodes that do not hear each other", Weather.CALM, Trouble.CUT),
                Arguments.of("a node that is cut off and comes back", Weather.CALM, Trouble.ISOLATION),
                Arguments.of("a node that is cut off in a storm", Weather.STORM, Trouble.ISOLATION));
    }

    static Stream<Arguments> lessons() {
        return Stream.of(
                Arguments.of(7063, Weather.UNEVEN, Trouble.NONE, 0),
                Arguments.of(1828, Weather.STORM, Trouble.DEATH, WINDOW_SECONDS),
                Arguments.of(202, Weather.LAGGING_DIRECTORY, Trouble.NONE, WINDOW_SECONDS),
                Arguments.of(8436, Weather.SLOW, Trouble.NONE, WINDOW_SECONDS),
                Arguments.of(8589, Weather.LAGGING_DIRECTORY, Trouble.NONE, WINDOW_SECONDS));
    }

    /** Rare ones among thousands. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("lessons")
    void whatFailedOnceDoesNotFailAgain(int seed, Weather weather, Trouble trouble, int windowSeconds) {
        assertEquals(List.of(), Scenario.play(seed, weather, trouble, windowSeconds));
    }

    @ParameterizedTest(name = "with resumed sessions, under {0}")
    @MethodSource("conditions")
    void everyPromiseIsKeptToThoseWhoComeBack(String name, Weather weather, Trouble trouble) {
        List<String> failures = new ArrayList<>();
        for (int seed = FIRST; seed < FIRST + SEEDS && failures.size() < 3; seed++) {
            Scenario.play(seed, weather, trouble, WINDOW_SECONDS).stream()
                    .limit(1)
                    .forEach(failures::add);
        }
        assertEquals(List.of(), failures, name);
    }

    @ParameterizedTest(name = "under {0}")
    @MethodSource("conditions")
    void everyPromiseIsKept(String name, Weather weather, Trouble trouble) {
        List<String> failures = new ArrayList<>();
        for (int seed = FIRST; seed < FIRST + SEEDS && failures.size() < 3; seed++) {
            Scenario.play(seed, weather, trouble, 0).stream().limit(1).forEach(failures::add);
        }
        assertEquals(List.of(), failures, name);
    }
}
