package dev.convoke.backend.reference;

import dev.convoke.plan.Plan;
import dev.convoke.plan.Segment;
import dev.convoke.plan.Slot;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Gradients of the mean data loss: of parameters, and of the slots that need one. */
final class ReferenceGradients {
    private final ReferenceArena parameters;
    private final ReferenceRounding rounding;
    private final Map<Slot, double[]> slots = new HashMap<>(); // [N, C, H, W]

    ReferenceGradients(Plan plan, ReferenceRounding rounding) {
        parameters = ReferenceArena.zeros(plan.parameters());
        this.rounding = rounding;
    }

    /** By segment. */
    ReferenceArena parameters() {
        return parameters;
    }

    void put(Segment segment, double[] values) {
        parameters.put(segment, rounding.round(values));
    }

    /** The sum of all that was added; null where nothing was. */
    double @Nullable [] of(Slot slot) {
        return slots.get(slot);
    }

    /** Adds what one reader of a slot contributes. */
    void add(Slot slot, double[] values) {
        double[] sum = slots.get(slot);
        double[] rounded = rounding.round(values);
        if (sum == null) {
            slots.put(slot, rounded);
            return;
        }
        for (int i = 0; i < sum.length; i++) {
            sum[i] += rounded[i];
        }
        rounding.round(sum);
    }
}
