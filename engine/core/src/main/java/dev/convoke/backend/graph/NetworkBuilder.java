package dev.convoke.backend.graph;

import dev.convoke.backend.DropoutMask;
import dev.convoke.model.Activation;
import dev.convoke.model.Dropout;
import dev.convoke.model.Flatten;
import dev.convoke.model.Layer;
import dev.convoke.plan.FusedGroup;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Slot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Turns the groups of a plan into the layers of a network.
 *
 * <p>A slot that several layers read has a separate gradient for each reader, summed by an auxiliary layer, so that every
 * layer may overwrite the gradients of its inputs. The first one shares its memory with the sum.
 *
 * @param <L> the device's layers
 */
public abstract class NetworkBuilder<L extends GraphLayer> {
    private final Plan plan;
    private final Mode mode;
    private final int valueBytes;
    private final Folds folds;
    private final List<L> layers = new ArrayList<>();
    private final List<Activations> activations = new ArrayList<>();
    private final Map<Slot, Deque<Activations>> unread = new HashMap<>(); // one for each reader to come

    /** @param valueBytes bytes of an activation */
    protected NetworkBuilder(Plan plan, Mode mode, int valueBytes) {
        this.plan = plan;
        this.mode = mode;
        this.valueBytes = valueBytes;
        folds = new Folds(plan);
    }

    /** Builds the network, once. */
    protected final Network<L> build() {
        Slot images = plan.slots().get(0);
        written(Activations.of(images, plan.batch(), 1, valueBytes, false));
        for (FusedGroup group : plan.groups()) {
            if (!isRectified(group) || !serve(group)) {
                group.ops().forEach(this::add);
            }
        }
        Activations last = activations.get(activations.size() - 1);
        if (last.folded() > 1) {
            activations.add(unfolded(last)); // the loss reads outputs in the order of their targets
        }
        return new Network<>(plan, layers, activations);
    }

    /** Whether the second op is a ReLU, the one activation that groups know. */
    private static boolean isRectified(FusedGroup group) {
        return group.ops().size() > 1
                && group.ops().get(1).layer() instanceof Activation activation
                && activation.isRelu();
    }

    /**
     * Builds a group whose second op is a ReLU as one unit: gets its first op's inputs by {@link #read} and
     * {@link #append}s layers. May decline without side effects; then each op is built separately.
     */
    protected abstract boolean serve(FusedGroup group);

    /** A layer for one op, other than flatten and a dropout that drops nothing. */
    protected abstract L layer(Op op, List<Activations> inputs, Activations output);

    /**
     * A layer that adds the gradients of {@code branches} to that of {@code source}, which it reads and writes, in their order;
     * forward it does nothing.
     */
    protected abstract L sum(Activations source, List<Activations> branches);

    /** A layer that writes flattened features in canonical order, and their gradient back. */
    protected abstract L reorder(Activations folded, Activations canonical);

    protected final Plan plan() {
        return plan;
    }

    protected final Mode mode() {
        return mode;
    }

    /** The place of the layer to be appended next. */
    protected final int place() {
        return layers.size();
    }

    /** Whether the gradient of {@code slot} is needed. */
    protected final boolean wantsGradient(Slot slot) {
        return mode == Mode.TRAINING && plan.needsGradient(slot);
    }

    /** What {@code op} reads, each once. */
    protected final List<Activations> read(Op op) {
        List<Activations> inputs = new ArrayList<>();
        boolean unfolds = folds.unfolds(op);
        for (Slot slot : op.inputs()) {
            Activations next = Objects.requireNonNull(unread.get(slot)).removeFirst();
            inputs.add(unfolds && next.folded() > 1 ? unfolded(next) : next);
        }
        return inputs;
    }

    private Activations unfolded(Activations folded) {
        Activations canonical = Activations.of(folded.slot(), plan.batch(), 1, valueBytes, folded.hasGradient());
        layers.add(reorder(folded, canonical));
        return canonical;
    }

    /** New activations for a slot. */
    protected final Activations produce(Slot slot) {
        return Activations.of(slot, plan.batch(), folds.of(slot), valueBytes, wantsGradient(slot));
    }

    /** New activations for the sum of {@code inputs}, whose gradient is that of the first input that has one. */
    protected final Activations produceSum(Slot slot, List<Activations> inputs) {
        for (Activations input : inputs) {
            if (input.hasGradient()) {
                return Activations.sharingGradient(slot, input);
            }
        }
        return produce(slot);
    }

    /** Adds a layer that has written its output. */
    protected final void append(L layer) {
        layers.add(layer);
        written(layer.output());
    }

    private void add(Op op) {
        if (op.layer() instanceof Flatten) {
            written(read(op).get(0).flattened(op.output()));
        } else if (op.layer() instanceof Dropout dropout && dropsNothing(dropout)) {
            written(read(op).get(0).as(op.output()));
        } else {
            List<Activations> inputs = read(op);
            Activations output =
                    op.layer().kind() == Layer.Kind.ADD ? produceSum(op.output(), inputs) : produce(op.output());
            append(layer(op, inputs, output));
        }
    }

    /** Whether a dropout is the identity. */
    protected final boolean dropsNothing(Dropout dropout) {
        return mode == Mode.INFERENCE || DropoutMask.of(dropout.rate()).threshold() == 0;
    }

    /** The activations of a slot are there: each of its readers may have them. */
    private void written(Activations written) {
        activations.add(written);
        int readers = plan.readers(written.slot());
        Deque<Activations> branches = new ArrayDeque<>();
        for (int i = 0; i < readers; i++) {
            branches.add(i == 0 || !written.hasGradient() ? written : written.branch());
        }
        unread.put(written.slot(), branches);
        if (readers > 1 && written.hasGradient()) {
            branches.removeFirst();
            layers.add(sum(written, List.copyOf(branches)));
            branches.addFirst(written);
        }
    }
}
