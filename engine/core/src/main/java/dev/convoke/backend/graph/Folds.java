package dev.convoke.backend.graph;

import dev.convoke.model.Flatten;
import dev.convoke.model.Layer;
import dev.convoke.plan.Op;
import dev.convoke.plan.Plan;
import dev.convoke.plan.Slot;
import java.util.HashMap;
import java.util.Map;

/**
 * How many pixels a flatten has folded into the channels of each slot of a plan, where activations are NHWC; see {@link
 * ChannelsLast}. What joins layers that are folded differently reads them unfolded, in canonical order.
 */
public final class Folds {
    private final Map<Slot, Integer> bySlot = new HashMap<>();

    public Folds(Plan plan) {
        bySlot.put(plan.slots().get(0), 1);
        plan.ops().forEach(op -> bySlot.put(op.output(), of(op)));
    }

    /** Pixels that are folded into the channels of {@code slot}, 1 for none. */
    public int of(Slot slot) {
        return bySlot.getOrDefault(slot, 1);
    }

    /** Pixels that are folded into the channels of what {@code op} reads. */
    public int read(Op op) {
        return unfolds(op) ? 1 : of(op.input());
    }

    /** Whether {@code op} reads its inputs unfolded: it joins features whose orders differ, or takes them for images. */
    public boolean unfolds(Op op) {
        return switch (op.layer().kind()) {
            case CONVOLUTION, DEPTHWISE_CONVOLUTION -> of(op.input()) > 1;
            case CONCATENATE -> op.inputs().stream().anyMatch(slot -> of(slot) > 1);
            case ADD -> op.inputs().stream().anyMatch(slot -> of(slot) != of(op.input()));
            default -> false;
        };
    }

    private int of(Op op) {
        Layer layer = op.layer();
        if (layer instanceof Flatten) {
            return of(op.input()) * ChannelsLast.pixels(op.inputShape());
        }
        // Kernels of convolutions and dense layers are arranged for the order of what they read; they write their own.
        boolean keeps = switch (layer.kind().group()) {
            case CONVOLUTION, DENSE -> false;
            case POOLING, NORMALIZATION, ACTIVATION, DROPOUT, RESHAPE -> true;
            case JOIN -> !unfolds(op);
        };
        return keeps ? of(op.input()) : 1;
    }
}
