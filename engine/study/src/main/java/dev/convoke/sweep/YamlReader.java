package dev.convoke.sweep;

import dev.convoke.settings.ConfigurationException;
import dev.convoke.settings.LocatedValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads YAML 1.2 as maps, lists and scalars with their lines. Bounded: what a hostile file can make it allocate is small,
 * aliases included.
 */
final class YamlReader {
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_ALIASES = 50;
    private static final int MAX_DEPTH = 20;
    private static final int MAX_VALUES = 20_000;

    private final String source;
    private int values;

    private YamlReader(String source) {
        this.source = source;
    }

    /**
     * Reads one document.
     *
     * @param source what messages call the text
     * @throws ConfigurationException if it is not YAML, or too large, too deep or too intricate
     */
    static LocatedValue read(String source, String text) {
        if (text.length() > MAX_CHARACTERS) {
            throw new ConfigurationException(source + ": is larger than a suite can be, 1 MiB");
        }
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source)
                .setCodePointLimit(MAX_CHARACTERS)
                .setMaxAliasesForCollections(MAX_ALIASES)
                .setAllowDuplicateKeys(false)
                .build();
        try {
            requireShallow(source, settings, text);
            Node root = new Compose(settings)
                    .composeString(text)
                    .orElseThrow(() -> new ConfigurationException(source + ": is empty"));
            return new YamlReader(source).setting(root, "", 1);
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(Mark::getLine).orElse(0) + 1;
            throw new ConfigurationException(source + ":" + line + ": not valid YAML: " + problem(e), e);
        } catch (YamlEngineException | IllegalArgumentException | IndexOutOfBoundsException e) {
            // The last two come of tags and escapes that the library itself does not expect.
            String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new ConfigurationException(source + ": not valid YAML: " + reason, e);
        }
    }

    private static String problem(MarkedYamlEngineException e) {
        return String.valueOf(e.getProblem()).lines().findFirst().orElse("");
    }

    /** The library creates nodes recursively, and would overflow the stack before their depth could be counted. */
    private static void requireShallow(String source, LoadSettings settings, String text) {
        int depth = 0;
        for (Event event : new Parse(settings).parseString(text)) {
            if (event instanceof CollectionStartEvent) {
                depth++;
            } else if (event instanceof CollectionEndEvent) {
                depth--;
            }
            if (depth > MAX_DEPTH) {
                int line = event.getStartMark().map(Mark::getLine).orElse(0) + 1;
                throw new ConfigurationException(source + ":" + line + ": is nested more than " + MAX_DEPTH + " deep");
            }
        }
    }

    private LocatedValue setting(Node node, String path, int depth) {
        int line = line(node);
        if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
            throw new LocatedValue(source, line, path, null).error("is nested too deeply or has too many values");
        }
        if (node instanceof MappingNode mapping) {
            return new LocatedValue(source, line, path, entries(mapping, path, depth));
        }
        if (node instanceof SequenceNode sequence) {
            List<LocatedValue> elements = new ArrayList<>();
            for (Node element : sequence.getValue()) {
                elements.add(setting(element, path + "[" + elements.size() + "]", depth + 1));
            }
            return new LocatedValue(source, line, path, elements);
        }
        return new LocatedValue(source, line, path, scalar((ScalarNode) node, path));
    }

    private Map<String, LocatedValue> entries(MappingNode mapping, String path, int depth) {
        Map<String, LocatedValue> entries = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Node keyNode = tuple.getKeyNode();
            if (!(keyNode instanceof ScalarNode key)) {
                throw new LocatedValue(source, line(keyNode), path, null).error("a key must be a word");
            }
            String at = path.isEmpty() ? key.getValue() : path + "." + key.getValue();
            LocatedValue entry = setting(tuple.getValueNode(), at, depth + 1);
            // The key's line: that is where a reader looks for an unknown key.
            LocatedValue placed = new LocatedValue(source, line(keyNode), at, entry.value());
            if (entries.put(key.getValue(), placed) != null) {
                throw placed.error("is given twice");
            }
        }
        return entries;
    }

    private @Nullable Object scalar(ScalarNode node, String path) {
        Tag tag = node.getTag();
        String text = node.getValue();
        if (tag.equals(Tag.STR)) {
            return text;
        }
        if (tag.equals(Tag.NULL)) {
            return null;
        }
        if (tag.equals(Tag.BOOL)) {
            return Boolean.valueOf(text);
        }
        try {
            if (tag.equals(Tag.INT)) {
                long number = Long.parseLong(text);
                if (number == (int) number) {
                    return (int) number;
                }
                return number;
            }
            if (tag.equals(Tag.FLOAT)) {
                return Double.valueOf(text);
            }
        } catch (NumberFormatException e) {
            throw new LocatedValue(source, line(node), path, null)
                    .error("'" + text + "' is not a number that can be used");
        }
        throw new LocatedValue(source, line(node), path, null).error("the tag " + tag + " is not known here");
    }

    private static int line(Node node) {
        return node.getStartMark().map(Mark::getLine).orElse(-1) + 1;
    }
}
