package io.heliograph.config;

import io.vertx.config.spi.ConfigProcessor;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Reads YAML without typing it: every value stays the text that stands in the file, so that {@code 0123} is not a number and
 * {@code off} no truth. Nested maps become dotted keys, lists become text joined by commas. No object is ever built from the
 * file, a key that comes twice is an error, and collections cannot be aliased.
 */
public final class YamlText implements ConfigProcessor {
    /** The format's name in Vert.x Config. */
    static final String FORMAT = "yaml-text";

    private static final Pattern QUOTING = Pattern.compile("(undefined (?:alias|tag handle)) .*", Pattern.DOTALL);
    private static final int FILE_CHARACTERS_MAX = 1_048_576;
    private static final int DEPTH_MAX = 16;

    @Override
    public String name() {
        return FORMAT;
    }

    @Override
    public Future<JsonObject> process(Vertx vertx, @Nullable JsonObject configuration, Buffer input) {
        try {
            return Future.succeededFuture(new JsonObject(read(input)));
        } catch (ConfigurationException e) {
            return Future.failedFuture(e);
        }
    }

    static Map<String, Object> read(Buffer input) {
        try {
            var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(input.getBytes()));
            var values = new TreeMap<String, Object>();
            var root = new Yaml(options()).compose(new StringReader(text.toString()));
            if (root != null && !isEmpty(root)) {
                flatten("", mapping(root), values);
            }
            return values;
        } catch (CharacterCodingException e) {
            throw new ConfigurationException("not UTF-8 (expected: a YAML file in UTF-8)");
        } catch (MarkedYAMLException e) {
            throw wrong(e.getProblemMark(), shown(String.valueOf(e.getProblem())), "YAML");
        } catch (YAMLException e) {
            throw wrong(null, String.valueOf(e.getMessage()), "YAML");
        } catch (IllegalArgumentException e) {
            // SnakeYAML does not see to all escapes. The message may quote a secret.
            throw wrong(null, "an escape in double quotes that stands for nothing", "YAML");
        }
    }

    /** A secret without quotes may look like an alias or a tag, and these are what problems quote. */
    private static String shown(String problem) {
        return QUOTING.matcher(problem).replaceFirst("$1");
    }

    private static LoaderOptions options() {
        var options = new LoaderOptions();
        options.setCodePointLimit(FILE_CHARACTERS_MAX);
        options.setNestingDepthLimit(DEPTH_MAX);
        // A few lines of aliases can stand for more nodes than fit into memory.
        options.setMaxAliasesForCollections(0);
        return options;
    }

    private static void flatten(String prefix, MappingNode node, Map<String, Object> values) {
        var names = new HashSet<String>();
        for (var tuple : node.getValue()) {
            var name = scalar(tuple.getKeyNode(), "a plain key");
            var path = prefix + name;
            if (!names.add(name)) {
                throw wrong(tuple.getKeyNode().getStartMark(), path, "each key once");
            }
            if (tuple.getValueNode() instanceof MappingNode section) {
                flatten(path + ".", section, values);
            } else if (values.put(path, value(tuple.getValueNode())) != null) {
                throw wrong(tuple.getKeyNode().getStartMark(), path, "each key once");
            }
        }
    }

    private static String value(Node node) {
        if (node instanceof SequenceNode list) {
            return list.getValue().stream()
                    .map(element -> scalar(element, "a list of plain values"))
                    .collect(Collectors.joining(","));
        }
        return scalar(node, "a plain value");
    }

    private static String scalar(Node node, String expectation) {
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        throw wrong(node.getStartMark(), "a " + node.getNodeId(), expectation);
    }

    /** A document that was begun and says nothing. */
    private static boolean isEmpty(Node root) {
        return root instanceof ScalarNode scalar && scalar.getValue().isEmpty();
    }

    private static MappingNode mapping(Node root) {
        if (root instanceof MappingNode mapping) {
            return mapping;
        }
        throw wrong(root.getStartMark(), "a " + root.getNodeId(), "keys with values");
    }

    private static ConfigurationException wrong(@Nullable Mark mark, String problem, String expectation) {
        var place = mark == null ? "" : "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1) + ": ";
        return new ConfigurationException(place + OneLine.of(problem) + " (expected: " + expectation + ")");
    }
}
