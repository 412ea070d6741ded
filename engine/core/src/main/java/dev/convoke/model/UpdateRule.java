package dev.convoke.model;

import java.util.ArrayList;
import java.util.List;

/**
 * How the gradients of a training become updates.
 *
 * @param optimizer the rule for one weight
 * @param clipping what is done to gradients before it, penalties included
 * @param accumulation batches whose gradients make one update: that of their mean over all their images; the last update of an
 *     epoch is of the batches that are left
 * @param averaging decay of a running mean of the weights, {@code average = averaging * average + (1 - averaging) * w} after
 *     each update, by which is evaluated and which is saved, as Keras' {@code use_ema}; 0 for none
 */
public record UpdateRule(Optimizer optimizer, Clipping clipping, int accumulation, double averaging) {
    public UpdateRule {
        if (accumulation < 1) {
            throw new ModelException("accumulation must be at least 1 batch, not " + accumulation);
        }
        Check.unit("averaging", averaging);
    }

    /** An update for each batch, nothing clipped, nothing averaged. */
    public static UpdateRule of(Optimizer optimizer) {
        return new UpdateRule(optimizer, Clipping.NONE, 1, 0);
    }

    /** Whether the weights are averaged. */
    public boolean averages() {
        return averaging > 0;
    }

    /** All state arrays, in the order of a saved state. */
    public List<OptimizerSlot> slots() {
        List<OptimizerSlot> slots = new ArrayList<>(optimizer.slots());
        if (accumulation > 1) {
            slots.add(OptimizerSlot.ACCUMULATED);
        }
        if (averages()) {
            slots.add(OptimizerSlot.AVERAGE);
        }
        return slots;
    }

    /**
     * What is done to gradients that are too large.
     *
     * @param value each is cut to {@code [-value, value]}, Keras' {@code clipvalue}; 0 for not at all
     * @param norm all together are scaled to this Euclidean norm where theirs is larger, Keras' {@code global_clipnorm}; 0
     *     for not at all
     */
    public record Clipping(double value, double norm) {
        public static final Clipping NONE = new Clipping(0, 0);

        public Clipping {
            if (!(value >= 0) || !(norm >= 0) || Double.isInfinite(value) || Double.isInfinite(norm)) {
                throw new ModelException("clipping must be positive and finite, not value=" + value + ", norm=" + norm);
            }
            if (value > 0 && norm > 0) {
                throw new ModelException("clip by value or by norm, not by both");
            }
        }
    }
}
