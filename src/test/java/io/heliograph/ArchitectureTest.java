package io.heliograph;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.NullMarked;

/** Holds the dependency table of the design: the direction of the packages, and who may use which library. */
@AnalyzeClasses(packages = "io.heliograph", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "io.heliograph";

    /** Package, and the packages of ours it may use besides itself and {@code protocol}. */
    private static final Map<String, Set<String>> ROOMS = Map.ofEntries(
            entry("protocol", Set.of()),
            entry("dialect", Set.of()),
            entry("session", Set.of("routing", "auth", "ice")),
            entry("routing", Set.of()),
            entry("cluster", Set.of("routing")),
            entry("transport", Set.of("session", "dialect")),
            entry("auth", Set.of()),
            entry("ice", Set.of()),
            entry("config", Set.of()),
            entry("metrics", Set.of()),
            entry("tracing", Set.of()),
            entry("management", Set.of("routing")));

    private static final Set<String> EVERYONE = ROOMS.keySet();
    private static final Set<String> ALL_BUT_PROTOCOL = without(EVERYONE, "protocol");

    /** Library, by its longest matching package, and the packages of ours that may use it. */
    private static final Map<String, Set<String>> LIBRARIES = Map.ofEntries(
            entry("java", EVERYONE),
            entry("javax.crypto", Set.of("auth", "ice")),
            entry("javax.net", Set.of("transport", "cluster", "config")),
            entry("javax.security", Set.of("transport", "cluster", "auth")),
            entry("org.jspecify", EVERYONE),
            entry("org.slf4j", without(ALL_BUT_PROTOCOL, "dialect")),
            entry("com.fasterxml.jackson.core", Set.of("dialect")),
            entry("io.vertx.core", ALL_BUT_PROTOCOL),
            entry("io.vertx.core.eventbus", Set.of("cluster")),
            entry("io.vertx.core.shareddata", Set.of("cluster")),
            entry("io.vertx.core.spi.cluster", Set.of("cluster")),
            entry("io.vertx.spi.cluster", Set.of("cluster")),
            entry("com.hazelcast", Set.of("cluster")),
            // The cluster has ClientAuth from there.
            entry("io.vertx.core.http", Set.of("transport", "management", "cluster", "auth")),
            entry("io.vertx.ext.web", Set.of("transport", "management")),
            entry("io.netty", Set.of("transport")),
            entry("io.vertx.config", Set.of("config")),
            entry("ch.qos.logback", Set.of("config")),
            entry("org.yaml.snakeyaml", Set.of("config")),
            entry("com.sun.management", Set.of("metrics", "config")),
            entry("io.micrometer", Set.of("metrics")),
            entry("io.vertx.micrometer", Set.of("metrics")),
            entry("io.opentelemetry", Set.of("tracing")),
            entry("org.jose4j", Set.of("auth")));

    @ArchTest
    static final ArchRule packagesUseOnlyWhatTheTableAllows =
            classes().that().resideOutsideOfPackage(ROOT).should(useOnlyWhatTheTableAllows());

    @ArchTest
    static final ArchRule onlyMainLivesInTheRoot = classes()
            .that()
            .resideInAPackage(ROOT)
            .should()
            .haveNameMatching("io\\.heliograph\\.(Main(\\$.*)?|package-info)");

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching(ROOT + ".(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = classes().should(beInANullMarkedPackage());

    @ArchTest
    static final ArchRule nothingIsSynchronized = noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED);

    @ArchTest
    static final ArchRule nothingLocks = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.concurrent.locks..")
            .orShould()
            .callMethod(Object.class, "wait")
            .orShould()
            .callMethod(Object.class, "wait", long.class);

    @ArchTest
    static final ArchRule nothingSleeps = noClasses()
            .should()
            .callMethod(Thread.class, "sleep", long.class)
            .orShould()
            .callMethod(Thread.class, "sleep", long.class, int.class);

    @ArchTest
    static final ArchRule onlyMainPrints =
            noClasses().that().resideOutsideOfPackage(ROOT).should(ACCESS_STANDARD_STREAMS);

    private static ArchCondition<JavaClass> useOnlyWhatTheTableAllows() {
        return new ArchCondition<>("use only what the table allows") {
            @Override
            public void check(JavaClass user, ConditionEvents events) {
                var room = roomOf(user);
                if (!ROOMS.containsKey(room)) {
                    events.add(SimpleConditionEvent.violated(
                            user, "%s: package not in the table: %s".formatted(user.getName(), room)));
                    return;
                }
                for (var dependency : user.getDirectDependenciesFromSelf()) {
                    if (!allowed(room, dependency)) {
                        events.add(SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static boolean allowed(String room, Dependency dependency) {
        var used = dependency.getTargetClass().getBaseComponentType();
        if (used.isPrimitive()) {
            return true;
        }
        if (isIn(used.getPackageName(), ROOT)) {
            var usedRoom = roomOf(used);
            return usedRoom.equals(room)
                    || usedRoom.equals("protocol")
                    || ROOMS.getOrDefault(room, Set.of()).contains(usedRoom);
        }
        return libraryOf(used)
                .map(library -> LIBRARIES.getOrDefault(library, Set.of()).contains(room))
                .orElse(false);
    }

    private static Optional<String> libraryOf(JavaClass used) {
        return LIBRARIES.keySet().stream()
                .filter(library -> isIn(used.getPackageName(), library))
                .max(Comparator.comparingInt(String::length));
    }

    /** The first name below the root: {@code dialect} for {@code io.heliograph.dialect.v1}, empty for the root. */
    private static String roomOf(JavaClass javaClass) {
        var below = javaClass.getPackageName().substring(ROOT.length());
        return below.isEmpty() ? "" : below.substring(1).replaceFirst("\\..*", "");
    }

    private static boolean isIn(String name, String parent) {
        return name.equals(parent) || name.startsWith(parent + ".");
    }

    private static ArchCondition<JavaClass> beInANullMarkedPackage() {
        return new ArchCondition<>("be in a package marked @NullMarked") {
            @Override
            public void check(JavaClass javaClass, ConditionEvents events) {
                if (!javaClass.getPackage().isAnnotatedWith(NullMarked.class)) {
                    events.add(SimpleConditionEvent.violated(
                            javaClass, "package-info without @NullMarked: " + javaClass.getPackageName()));
                }
            }
        };
    }

    private static Set<String> without(Set<String> all, String name) {
        var rest = new HashSet<>(all);
        rest.remove(name);
        return Set.copyOf(rest);
    }
}
