package io.heliograph;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds that all that the jar contains may be passed on with it, by the bill of materials that the build makes. */
@NullMarked
class LicencesTest {
    private static final String BILL = "/META-INF/sbom/heliograph.cdx.json";

    private static final Set<String> ALLOWED =
            Set.of("Apache-2.0", "MIT", "EPL-2.0", "CC0-1.0", "Bouncy Castle Licence");

    /** Where a POM names several licences, whoever takes the artifact chooses. */
    @Test
    void everyComponentMayBeHadUnderALicenceThatIsAllowed() throws IOException {
        List<String> others = objects(bill().getJsonArray("components"))
                .filter(component -> licences(component).noneMatch(ALLOWED::contains))
                .map(component ->
                        component.getString("purl") + " " + licences(component).toList())
                .toList();

        assertEquals(List.of(), others);
    }

    private static JsonObject bill() throws IOException {
        try (var bill = LicencesTest.class.getResourceAsStream(BILL)) {
            assumeTrue(bill != null, "an offline build makes no bill of materials");
            return new JsonObject(Buffer.buffer(bill.readAllBytes()));
        }
    }

    private static Stream<String> licences(JsonObject component) {
        return objects(component.getJsonArray("licenses", new JsonArray()))
                .map(choice -> choice.getJsonObject("license", choice))
                .map(licence -> licence.getString("id", licence.getString("name", licence.encode())));
    }

    private static Stream<JsonObject> objects(JsonArray array) {
        return array.stream().map(JsonObject.class::cast);
    }
}
