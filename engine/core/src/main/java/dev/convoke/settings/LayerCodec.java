package dev.convoke.settings;

import dev.convoke.datasets.NearestName;
import dev.convoke.model.Layer;
import dev.convoke.model.ModelSpec;
import dev.convoke.model.Node;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Layers in the long form of a suite, {@code layers: [{type: convolution, filters: 32}, ...]}, read and written. A layer reads
 * the one before it, or those that its {@code from} names.
 */
public final class LayerCodec {
    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]{0,63}");
    private static final List<String> TAKEN = List.of("best", ModelSpec.INPUT, "optimizer");
    private static final String FROM = "from";
    /**
     * A layer is also read once for an arbitrary number of classes, so that errors are reported while its line is known.
     */
    private static final int SOME_CLASSES = 10;

    private final Set<String> names = new LinkedHashSet<>(Set.of(ModelSpec.INPUT));

    private LayerCodec() {}

    /**
     * The layers of a list, each for a number of classes. A layer without a name is named after its type, with a number.
     *
     * @throws ConfigurationException if a layer is invalid, or reads one that is not before it
     */
    public static List<IntFunction<Node>> read(LocatedValue list) {
        LayerCodec codec = new LayerCodec();
        List<IntFunction<Node>> nodes = new ArrayList<>();
        for (LocatedValue element : list.list()) {
            nodes.add(codec.node(element, nodes.size() + 1));
        }
        if (nodes.isEmpty()) {
            throw list.error("a network needs a layer");
        }
        return nodes;
    }

    private IntFunction<Node> node(LocatedValue element, int number) {
        element.map();
        SettingFields fields = SettingFields.of(element, "type", Layer.Kind.texts());
        Layer.Kind kind = Layer.Kind.of(fields.kind());
        String name = name(fields.find("name"), fields.kind() + number);
        List<String> from = from(fields.find(FROM));
        IntFunction<Node> node =
                classes -> new Node(fields.withOutputs(classes).read(each -> kind.read(name, each)), from);
        checkJoin(element, node.apply(SOME_CLASSES));
        if (!names.add(name)) {
            throw element.error("two layers are named '" + name + "'");
        }
        return node;
    }

    /** Names become parts of tensor names, where some words are taken. */
    private static String name(@Nullable LocatedValue setting, String otherwise) {
        if (setting == null) {
            return otherwise;
        }
        String name = setting.text();
        if (!NAME.matcher(name).matches() || TAKEN.contains(name)) {
            throw setting.error("'" + name + "' cannot name a layer; use letters, digits, '_' and '-', but none of "
                    + String.join(", ", TAKEN));
        }
        return name;
    }

    private List<String> from(@Nullable LocatedValue setting) {
        if (setting == null) {
            return List.of();
        }
        List<String> from = new ArrayList<>();
        for (LocatedValue each : setting.isList() ? setting.list() : List.of(setting)) {
            String name = each.text();
            if (!names.contains(name)) {
                throw each.error("no layer before this one is named '" + name + "'" + NearestName.hint(names, name));
            }
            from.add(name);
        }
        return from;
    }

    private static void checkJoin(LocatedValue element, Node node) {
        int read = node.from().size();
        if (node.layer().joins() && read < 2) {
            throw element.error("joins two layers or more; name them, as in from: [conv1, conv3]");
        }
        if (!node.layer().joins() && read > 1) {
            throw element.error("reads one layer, not " + read + "; join them with add or concatenate first");
        }
    }

    /** A model's layers with all fields. */
    public static List<Map<String, Object>> write(List<Node> nodes) {
        return nodes.stream().map(LayerCodec::write).toList();
    }

    private static Map<String, Object> write(Node node) {
        Map<String, Object> fields = new LinkedHashMap<>(node.layer().text());
        if (!node.from().isEmpty()) {
            fields.put(FROM, node.from().size() == 1 ? node.from().get(0) : node.from());
        }
        return fields;
    }
}
