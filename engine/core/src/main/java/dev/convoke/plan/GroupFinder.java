package dev.convoke.plan;

import dev.convoke.model.Activation;
import dev.convoke.model.Add;
import dev.convoke.model.AveragePooling;
import dev.convoke.model.BatchNormalization;
import dev.convoke.model.Convolution;
import dev.convoke.model.Dense;
import dev.convoke.model.Dropout;
import dev.convoke.model.Layer;
import dev.convoke.model.MaxPooling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a graph into fused groups, the longest pattern first. Ops form a group where each is all that reads the one before it:
 * what is read elsewhere too has to be there as a tensor.
 */
final class GroupFinder {
    /** Patterns, longer ones before shorter ones that they begin with; an op that begins none stands alone. */
    private static final List<Pattern> PATTERNS = List.of(
            new Pattern(
                    FusedGroup.Kind.CONVOLUTION_ACTIVATION_POOLING,
                    List.of(is(Convolution.class), is(Activation.class), GroupFinder::pools)),
            new Pattern(FusedGroup.Kind.CONVOLUTION_ACTIVATION, List.of(is(Convolution.class), is(Activation.class))),
            new Pattern(
                    FusedGroup.Kind.DENSE_ACTIVATION_DROPOUT,
                    List.of(is(Dense.class), is(Activation.class), is(Dropout.class))),
            new Pattern(FusedGroup.Kind.DENSE_ACTIVATION, List.of(is(Dense.class), is(Activation.class))),
            new Pattern(
                    FusedGroup.Kind.NORMALIZATION_ACTIVATION,
                    List.of(is(BatchNormalization.class), is(Activation.class))),
            new Pattern(FusedGroup.Kind.ADD_ACTIVATION, List.of(is(Add.class), is(Activation.class))));

    private record Pattern(FusedGroup.Kind kind, List<Predicate<Layer>> layers) {}

    private final List<Op> ops;

    private GroupFinder(List<Op> ops) {
        this.ops = ops;
    }

    /** The groups in topological order. */
    static List<FusedGroup> find(List<Op> ops) {
        GroupFinder finder = new GroupFinder(ops);
        List<FusedGroup> groups = new ArrayList<>();
        Set<Op> taken = new HashSet<>();
        for (Op op : ops) {
            if (!taken.contains(op)) {
                FusedGroup group = finder.groupAt(op);
                groups.add(group);
                taken.addAll(group.ops());
            }
        }
        return groups;
    }

    private FusedGroup groupAt(Op first) {
        for (Pattern pattern : PATTERNS) {
            List<Op> chain = new ArrayList<>();
            Op next = first;
            for (Predicate<Layer> layer : pattern.layers()) {
                if (next == null || !layer.test(next.layer())) {
                    break;
                }
                chain.add(next);
                next = onlyReader(next);
            }
            if (chain.size() == pattern.layers().size()) {
                return new FusedGroup(pattern.kind(), chain);
            }
        }
        return new FusedGroup(FusedGroup.Kind.SINGLE, List.of(first));
    }

    /** The op that alone reads what {@code op} writes, and nothing else; null where there is none. */
    private @Nullable Op onlyReader(Op op) {
        Op reader = null;
        for (Op candidate : ops) {
            if (candidate.inputs().contains(op.output())) {
                if (reader != null || candidate.inputs().size() > 1) {
                    return null;
                }
                reader = candidate;
            }
        }
        return reader;
    }

    private static Predicate<Layer> is(Class<? extends Layer> kind) {
        return kind::isInstance;
    }

    private static boolean pools(Layer layer) {
        return layer instanceof MaxPooling || layer instanceof AveragePooling;
    }
}
