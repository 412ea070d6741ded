package dev.convoke.backend.reference;

import dev.convoke.plan.Op;
import dev.convoke.plan.Slot;
import java.util.HashMap;
import java.util.Map;

/** What a forward pass leaves for the backward pass. */
final class ReferencePass {
    private final ReferenceBatch batch;
    private final Map<Slot, double[]> activations = new HashMap<>(); // [N, C, H, W]
    private final Map<Op, ReferenceBatchNormalization.Moments> moments = new HashMap<>();

    ReferencePass(ReferenceBatch batch, Slot input) {
        this.batch = batch;
        put(input, batch.images());
    }

    ReferenceBatch batch() {
        return batch;
    }

    double[] activation(Slot slot) {
        double[] found = activations.get(slot);
        if (found == null) {
            throw new IllegalStateException(slot.name() + " has not been written");
        }
        return found;
    }

    void put(Slot slot, double[] values) {
        activations.put(slot, values);
    }

    /** The moments that a batch normalization went by. */
    ReferenceBatchNormalization.Moments moments(Op op) {
        ReferenceBatchNormalization.Moments found = moments.get(op);
        if (found == null) {
            throw new IllegalStateException(op.name() + " has not run");
        }
        return found;
    }

    void setMoments(Op op, ReferenceBatchNormalization.Moments of) {
        moments.put(op, of);
    }
}
